import { createToken, digestToken, PREFIX } from '../access/token.ts';
import type { Database } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { type Runner, updateRunner } from './runner-store.ts';
import { tokenExpiration } from './token-expiration-store.ts';

/**
 * Gives the runner a new token. `legacy` keeps the prefix by which the runner's program knows that it
 * registered itself. `kept` is the token with which the runner itself asks: it stays good until the new
 * one is used for the first time, for a runner that never reads the reply has no other. Without it, when a
 * person asks, the old one is refused from now on.
 */
export async function resetRunnerToken(
  db: Database,
  runner: Pick<Runner, 'id' | 'runner_type'>,
  legacy: boolean,
  kept: { token: string; token_expires_at: Time | null } | null,
  now: Time,
): Promise<{ token: string; token_expires_at: Time | null }> {
  const token = createToken(legacy ? PREFIX.registered : PREFIX.runner);
  return db.write(async (tx) => {
    const token_expires_at = await tokenExpiration(tx, runner, now);
    await updateRunner(tx, runner.id, {
      token_digest: digestToken(token),
      token_expires_at,
      previous_token_digest: kept && digestToken(kept.token),
      previous_token_expires_at: kept?.token_expires_at ?? null,
      updated_at: now,
    });
    return { token, token_expires_at };
  });
}
