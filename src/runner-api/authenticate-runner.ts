import type { Static } from 'typebox';
import { tokenMatches } from '../access/token.ts';
import { ApiError, apiError } from '../errors.ts';
import type { Parts } from '../parts.ts';
import { heartbeat } from '../runners/heartbeat.ts';
import { findRunnerByToken, type KnownRunner, updateRunner } from '../runners/runner-store.ts';
import { type Info, managerDetails } from './parameters.ts';

/** What a runner shows of itself. */
export interface ShownRunner {
  token: string;
  system_id?: string;
  info?: Static<typeof Info>;
}

/**
 * The runner of this token; once it shows a new one, the one before is worth nothing any more. 403 is said
 * of its token alone: three of them in a row put GitLab's runner to sleep for an hour.
 * @throws 403 for a token that is unknown or expired
 */
export async function authenticateRunner(
  { db, clock }: Pick<Parts, 'db' | 'clock'>,
  { token, system_id }: ShownRunner,
): Promise<KnownRunner> {
  const runner = await findRunnerByToken(db.read, token, system_id);
  if (!runner || (runner.token_expires_at !== null && runner.token_expires_at <= clock()))
    throw apiError('forbidden');
  const { previous_token_digest } = runner;
  if (previous_token_digest !== null && !tokenMatches(token, previous_token_digest)) {
    const forgotten = { previous_token_digest: null, previous_token_expires_at: null };
    await db.write((tx) => updateRunner(tx, runner.id, forgotten));
  }
  return runner;
}

/**
 * As authenticateRunner, and notes that it called; answers it with the id of its machine's row.
 * @throws 422 when it has no project and no group any more: it could never get a job
 */
export async function greetRunner(
  parts: Pick<Parts, 'db' | 'clock'>,
  shown: ShownRunner,
  ip: string,
): Promise<{ runner: KnownRunner; manager_id: number }> {
  const runner = await authenticateRunner(parts, shown);
  if (runner.is_owned === 0)
    throw new ApiError(422, { message: '422 Unprocessable Entity - Runner is orphaned' });
  const details = managerDetails(shown.info, ip);
  return { runner, manager_id: await heartbeat(parts.db, runner, details, parts.clock()) };
}
