import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from './database.ts';

/** All asked for in the same turn. */
const ask = (db: Database, statements: readonly string[]) =>
  Promise.allSettled(statements.map(async (text) => (await sql.raw(text).execute(db.read)).rows));

const fulfilled = (...rows: object[]) => ({ status: 'fulfilled', value: rows });

describe.runIf(databases.includes('postgres'))('statements of one turn', () => {
  test('are each answered with their own rows', async () => {
    const db = await openTestDatabase('postgres');
    for (let round = 1; round <= 3; round++)
      expect(
        await ask(db, [
          'SELECT 1 AS one',
          'SELECT 1 AS one WHERE 1 = 2',
          "SELECT 9007199254740991::bigint AS big, 1.5::float8 AS half, 2.25::numeric AS exact, NULL AS nothing, 'a\u2028\u{1F600}' AS text",
          'SELECT number FROM (VALUES (1), (2)) AS two (number)',
        ]),
      ).toEqual([
        fulfilled({ one: 1 }),
        fulfilled(),
        fulfilled({
          big: 9_007_199_254_740_991,
          half: 1.5,
          exact: 2.25,
          nothing: null,
          text: 'a\u2028\u{1F600}',
        }),
        fulfilled({ number: 1 }, { number: 2 }),
      ]);
  });

  test.each([
    ['while it runs', 'SELECT 1 / 0 AS none', 'division by zero'],
    ['before it runs', 'SELECT none FROM nowhere', 'relation "nowhere" does not exist'],
  ])(
    'are answered though one of them fails %s, and so are those of the next turn',
    async (_, bad, message) => {
      const db = await openTestDatabase('postgres');
      for (let round = 1; round <= 3; round++)
        expect(await ask(db, ['SELECT 1 AS one', bad, 'SELECT 2 AS two', bad, 'SELECT 3 AS three'])).toEqual([
          fulfilled({ one: 1 }),
          { status: 'rejected', reason: expect.objectContaining({ message }) as object },
          fulfilled({ two: 2 }),
          { status: 'rejected', reason: expect.objectContaining({ message }) as object },
          fulfilled({ three: 3 }),
        ]);
    },
  );
});
