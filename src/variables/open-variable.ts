import type { StoredVariable } from '../ci/stored-variable.ts';
import { variable } from '../ci/variable.ts';
import { decrypt } from './encrypt.ts';
import type { GivenRow } from './variable-store.ts';

/** The variable as rules and runners see it. */
export function openVariable(row: GivenRow, secret_key: Buffer): StoredVariable {
  const { key, value, variable_type, masked, raw, environment_scope } = row;
  const flags = { public: false, file: variable_type === 'file', masked: masked === 1, raw: raw === 1 };
  return { ...variable(key, decrypt(secret_key, value), flags), environment_scope };
}
