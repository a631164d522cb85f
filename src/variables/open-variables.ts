import type { StoredVariable } from '../ci/stored-variable.ts';
import { variable } from '../ci/variable.ts';
import { decrypt } from './encrypt.ts';
import type { GivenRow } from './variable-store.ts';

/** So many are decrypted without a break: a project may have thousands, and others wait for the event loop. */
const AT_ONCE = 100;

/** The variables as rules and runners see them, in their order. */
export async function openVariables(
  rows: readonly GivenRow[],
  secret_key: Buffer,
): Promise<StoredVariable[]> {
  const opened: StoredVariable[] = [];
  for (const row of rows) {
    if (opened.length > 0 && opened.length % AT_ONCE === 0) await new Promise(setImmediate);
    opened.push(openVariable(row, secret_key));
  }
  return opened;
}

function openVariable(row: GivenRow, secret_key: Buffer): StoredVariable {
  const { key, value, variable_type, masked, raw, environment_scope } = row;
  const flags = { public: false, file: variable_type === 'file', masked: masked === 1, raw: raw === 1 };
  return { ...variable(key, decrypt(secret_key, value), flags), environment_scope };
}
