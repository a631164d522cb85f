import { createToken, digestToken, PREFIX } from '../access/token.ts';
import type { Database } from '../db/database.ts';
import type { Time } from '../db/schema.ts';
import { updateRunner } from './runner-store.ts';

/**
 * Gives the runner a new token; the old one is refused from now on. `legacy` keeps the prefix by which
 * the runner's program knows that it registered itself.
 */
export async function resetRunnerToken(
  db: Database,
  id: number,
  legacy: boolean,
  now: Time,
): Promise<{ token: string; token_expires_at: Time | null }> {
  const token = createToken(legacy ? PREFIX.registered : PREFIX.runner);
  const columns = { token_digest: digestToken(token), token_expires_at: null, updated_at: now };
  await db.write((tx) => updateRunner(tx, id, columns));
  return { token, token_expires_at: null };
}
