import { createToken, digestToken, PREFIX } from '../access/token.ts';
import type { Database } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { findBuiltInRunner, insertRunner, updateRunner } from './runner-store.ts';

/**
 * The server's own runner with a new token: made at the first call, and then given another token at
 * each, so that none is stored anywhere. It is a project runner without projects until an
 * administrator assigns it.
 */
export async function ensureBuiltInRunner(db: Database, now: Time): Promise<{ id: number; token: string }> {
  const token = createToken(PREFIX.runner);
  const token_digest = digestToken(token);
  const id = await db.write(async (tx) => {
    const known = await findBuiltInRunner(tx);
    if (known) {
      await updateRunner(tx, known.id, { token_digest, token_expires_at: null, updated_at: now });
      return known.id;
    }
    return insertRunner(tx, {
      runner_type: 'project_type',
      built_in: 1,
      token_digest,
      token_expires_at: null,
      name: null,
      description: 'Built-in runner',
      maintenance_note: null,
      maximum_timeout: null,
      creator_id: null,
      contacted_at: null,
      created_at: now,
      updated_at: now,
    });
  });
  return { id, token };
}
