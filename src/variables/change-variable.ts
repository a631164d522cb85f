import type { Database, Transaction } from '../db/database.ts';
import { writeUnique } from '../db/write-unique.ts';
import { invalidRecord } from '../errors.ts';
import { decrypt, encrypt } from './encrypt.ts';
import { type Checked, variableProblems } from './variable-problems.ts';
import {
  type CiVariable,
  countVariables,
  findVariables,
  insertVariable,
  lockVariable,
  type Owner,
  updateVariableRow,
} from './variable-store.ts';

/** A variable as it is asked for, the value in the clear. */
export type NewVariable = Checked & Pick<CiVariable, 'variable_type' | 'protected' | 'hidden'>;

/** How many an owner may have, and what they are called when there would be more. */
export interface Most {
  most: number;
  name: string;
}

/**
 * Stores a variable, encrypted under the key.
 * @throws 400 when it is not a good one, when there is one of its key and scope, or when there are too many
 */
export async function createVariable(
  db: Database,
  secret_key: Buffer,
  owner: Owner,
  given: NewVariable,
  { most, name }: Most,
): Promise<CiVariable> {
  check(given);
  const row = { ...owner, ...given, value: encrypt(secret_key, given.value) };
  return await writeUnique(db, async (tx) => {
    if ((await countVariables(tx, owner)) >= most)
      throw invalidRecord({ base: [`Maximum number of ${name} (${most}) exceeded`] });
    await checkFree(tx, row, null);
    return await insertVariable(tx, row);
  });
}

/**
 * Changes a variable. Null: it is gone.
 * @throws 400 when it would not be a good one, or one of a scope that is taken
 */
export async function updateVariable(
  db: Database,
  secret_key: Buffer,
  id: number,
  change: Partial<Omit<NewVariable, 'key' | 'hidden'>>,
): Promise<CiVariable | null> {
  return await writeUnique(db, async (tx) => {
    const before = await lockVariable(tx, id);
    if (!before) return null;
    const after = { ...before, value: decrypt(secret_key, before.value), ...change };
    if (before.hidden === 1 && after.masked !== before.masked)
      throw invalidRecord({
        base: ['The visibility setting cannot be changed for masked and hidden variables.'],
      });
    check(after);
    await checkFree(tx, after, id);
    return await updateVariableRow(tx, id, {
      variable_type: after.variable_type,
      protected: after.protected,
      masked: after.masked,
      raw: after.raw,
      environment_scope: after.environment_scope,
      description: after.description,
      value: change.value === undefined ? before.value : encrypt(secret_key, change.value),
    });
  });
}

function check(variable: Checked): void {
  const problems = variableProblems(variable);
  if (Object.keys(problems).length > 0) throw invalidRecord(problems);
}

/** Whether the key is free in its scope, but for the variable `own`. */
async function checkFree(
  tx: Transaction,
  variable: Owner & Pick<Checked, 'key' | 'environment_scope'>,
  own: number | null,
): Promise<void> {
  const { key, environment_scope } = variable;
  const taken = await findVariables(tx, variable, key, environment_scope);
  if (taken.some(({ id }) => id !== own)) throw invalidRecord({ key: [`(${key}) has already been taken`] });
}
