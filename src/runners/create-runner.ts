import { createToken, digestToken, PREFIX } from '../access/token.ts';
import type { Database } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import type { RunnerOwner } from './registration-token.ts';
import { type RunnerAttributes, runnerColumns } from './runner-attributes.ts';
import { insertRunner, insertRunnerNamespace, insertRunnerProject, updateRunner } from './runner-store.ts';
import { tokenExpiration } from './token-expiration-store.ts';

/** What is told of a new runner. The token is shown this once. */
export interface CreatedRunner {
  id: number;
  token: string;
  token_expires_at: Time | null;
}

/**
 * Makes a runner of an instance, a group or a project. `prefix` says how its program unregisters it: one
 * made by a person (PREFIX.runner) outlives its machines, a registered one (PREFIX.registered) does not.
 * @throws 400 by field for attributes that are not valid
 */
export async function createRunner(
  db: Database,
  owner: RunnerOwner,
  attributes: RunnerAttributes & { name?: string | null; creator_id: number | null; prefix: string },
  now: Time,
): Promise<CreatedRunner> {
  const { name = null, creator_id, prefix, ...given } = attributes;
  const columns = runnerColumns(given);
  const token = createToken(prefix);
  return db.write(async (tx) => {
    const id = await insertRunner(tx, {
      description: null,
      maintenance_note: null,
      maximum_timeout: null,
      ...columns,
      runner_type: owner.runner_type,
      token_digest: digestToken(token),
      token_expires_at: null,
      name,
      creator_id,
      registration_type: prefix === PREFIX.registered ? 'registration_token' : 'authenticated_user',
      contacted_at: null,
      created_at: now,
      updated_at: now,
    });
    if (owner.runner_type === 'group_type')
      await insertRunnerNamespace(tx, { runner_id: id, namespace_id: owner.namespace_id });
    if (owner.runner_type === 'project_type')
      await insertRunnerProject(tx, { runner_id: id, project_id: owner.project_id });
    const token_expires_at = await tokenExpiration(tx, { id, runner_type: owner.runner_type }, now);
    if (token_expires_at !== null) await updateRunner(tx, id, { token_expires_at });
    return { id, token, token_expires_at };
  });
}
