import type { Database, Transaction } from './database.ts';

/** PostgreSQL's unique_violation, and SQLite's constraint errors on an index and on a primary key. */
const POSTGRES = '23505';
const SQLITE = new Set([2067, 1555]);

/**
 * As `write`, for work that first checks that a value is free and then takes it. Two may check at once and
 * one of them fails on the index: that one runs once more, and its own check says what there is to say.
 */
export async function writeUnique<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await db.write(work);
  } catch (error) {
    if (!isTaken(error)) throw error;
    return await db.write(work);
  }
}

function isTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as Error & { code?: unknown; errcode?: unknown };
  return code === POSTGRES || (typeof errcode === 'number' && SQLITE.has(errcode));
}
