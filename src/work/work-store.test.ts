import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { plansOf } from '../../test/support/plans.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { addWork, completeWork, leaseWork, nextDue, renewLease, rescheduleWork } from './work-store.ts';

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

  /** Work that is leased, and added again meanwhile. */
  async function open() {
    const db = await openTestDatabase(kind);
    const add = () => db.write((tx) => addWork(tx, { kind: 'sweep', key: 'yard', due_at: 5 }));
    const lease = async (now: number) => {
      const [leased] = await leaseWork(db, { kind: 'sweep', now, lease_until: now + 100, limit: 1 });
      return leased!;
    };
    await add();
    const first = await lease(10);
    await add();
    return { db, first, lease, free: async () => (await nextDue(db, ['sweep']))[0]?.at };
  }

  test('lets go of what was added again, though the answer to a renewal is still to come', async () => {
    for (const end of ['complete', 'reschedule'] as const) {
      const { db, first, free } = await open();
      expect(await renewLease(db, first, 200)).toBe(true);
      if (end === 'complete') await completeWork(db, first);
      else await rescheduleWork(db, first, { due_at: 1_000, last_error: 'broken' });
      expect(await free()).toBe(5);
      // One that comes too late takes nothing.
      expect(await renewLease(db, first, 300)).toBe(false);
      expect(await free()).toBe(5);
    }
  });

  test('renews a lease though the answer to the renewal before was lost', async () => {
    const { db, first, free } = await open();
    expect(await renewLease(db, first, 200)).toBe(true);
    expect(await renewLease(db, first, 300)).toBe(true);
    expect(await free()).toBe(300);
  });

  test('leaves work to whoever has taken it over', async () => {
    const { db, first, lease, free } = await open();
    const second = await lease(500);
    expect(await renewLease(db, first, 900)).toBe(false);
    await completeWork(db, first);
    expect(await free()).toBe(600);
    await completeWork(db, second);
    expect(await free()).toBeUndefined();
  });
});
