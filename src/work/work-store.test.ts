import { type CompiledQuery, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { addWork, nextDueQuery } from './work-store.ts';

describe.each(databases)('the table of work on %s', (kind) => {
  test('gives what is due next by an index, however much is due later', async () => {
    const db = await openTestDatabase(kind);
    await db.write(async (tx) => {
      for (let index = 0; index < 2_000; index += 1)
        await addWork(tx, { kind: index % 2 ? 'a' : 'b', key: String(index), due_at: index });
    });
    if (kind === 'postgres') await db.write((tx) => sql`ANALYZE work`.execute(tx));
    expect(await planOf(db, nextDueQuery(db, ['a', 'b', 'c']).compile())).toMatch(/work_next/);
  });
});

async function planOf(db: Database, query: CompiledQuery): Promise<string> {
  const explain = db.kind === 'sqlite' ? 'EXPLAIN QUERY PLAN ' : 'EXPLAIN ';
  const { rows } = await db.read.executeQuery({ ...query, sql: explain + query.sql });
  return JSON.stringify(rows);
}
