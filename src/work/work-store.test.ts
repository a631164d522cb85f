import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { plansOf } from '../../test/support/plans.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { addWork, leaseWork, nextDue } from './work-store.ts';

describe.each(databases)('the table of work on %s', (kind) => {
  test('gives what is due next by an index, however much is due of a kind that nobody asks for', async () => {
    const db = await openTestDatabase(kind);
    await db.write(async (tx) => {
      for (let index = 0; index < 2_000; index += 1)
        await addWork(tx, { kind: index % 100 ? 'flood' : 'a', key: String(index), due_at: index });
      await addWork(tx, { kind: 'b', key: 'first', due_at: -1 });
    });
    if (kind === 'postgres') await db.write((tx) => sql`ANALYZE work`.execute(tx));
    const look = () => nextDue(db, ['a', 'b', 'c']);
    expect(await look()).toEqual([
      { kind: 'b', at: -1 },
      { kind: 'a', at: 0 },
    ]);
    const lease = () => leaseWork(db, { kind: 'a', now: 300, lease_until: 400, limit: 3 });
    expect((await lease()).map(({ key }) => key)).toEqual(['0', '100', '200']);
    for (const plan of await plansOf(db, async () => void (await Promise.all([look(), lease()]))))
      expect(plan).toMatch(/work_next/);
  });
});
