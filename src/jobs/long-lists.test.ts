import { expect, test } from 'vitest';
import type { Kysely } from 'kysely';
import type { Tables } from '../db/schema.ts';
import { LongLists } from './long-lists.ts';

const MOST = 100;

/** Counts a list of so many rows again and again; answers the totals told, and how often it was counted. */
async function counted(rows: number[]) {
  const lists = new LongLists();
  const db = {} as Kysely<Tables>;
  let times = 0;
  const totals: (number | null)[] = [];
  for (const has of rows)
    totals.push(
      await lists.count(db, 'a list', MOST, async (bound) => {
        times += 1;
        return Math.min(has, bound);
      }),
    );
  return { totals, times };
}

test('a list that is far too long for a total is not counted each time', async () => {
  expect(await counted([1000, 1000, 1000])).toEqual({ totals: [null, null, null], times: 1 });
});

test('every total that is told was counted for its request, and so is one that is just too long', async () => {
  expect(await counted([100, 101, 124, 100])).toEqual({ totals: [100, null, null, 100], times: 4 });
});
