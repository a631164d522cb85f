import { CompiledQuery, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { breakableWire } from '../../test/support/breakable-wire.ts';
import { databases } from '../../test/support/databases.ts';
import { createTestDatabase } from '../../test/support/postgres.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from './database.ts';
import { openDatabase } from './dialect.ts';
import { unavailableBecause } from './unavailable.ts';

type Statement = string | { text: string; values: readonly unknown[] };

/** All asked for in the same turn. */
const ask = (db: Pick<Database, 'read'>, statements: readonly Statement[]) =>
  Promise.allSettled(
    statements.map(async (statement) => {
      const { text, values } = typeof statement === 'string' ? { text: statement, values: [] } : statement;
      return (await db.read.executeQuery(CompiledQuery.raw(text, [...values]))).rows;
    }),
  );

const fulfilled = (...rows: object[]) => ({ status: 'fulfilled', value: rows });
const rejected = (message: string) => ({
  status: 'rejected',
  reason: expect.objectContaining({ message: expect.stringContaining(message) as string }) as object,
});

const ONE = 'SELECT 1 AS one';
const TWO = 'SELECT 2 AS two';
const insert = (key: string) => `INSERT INTO instance (key, value) VALUES ('${key}', 'v')`;

describe.runIf(databases.includes('postgres'))('statements of one turn', () => {
  test('are each answered with their own rows', async () => {
    const db = await openTestDatabase('postgres');
    for (let round = 1; round <= 3; round++)
      expect(
        await ask(db, [
          ONE,
          'SELECT 1 AS one WHERE 1 = 2',
          "SELECT 9007199254740991::bigint AS big, 1.5::float8 AS half, 2.25::numeric AS exact, NULL AS nothing, 'a\u2028\u{1F600}' AS text",
          'SELECT number FROM (VALUES (1), (2)) AS two (number)',
          'SELECT FROM (VALUES (1), (2)) AS two (number)',
          '',
          ONE,
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
        fulfilled({}, {}),
        fulfilled(),
        fulfilled({ one: 1 }),
      ]);
  });

  test('have whatever values, of whatever size', async () => {
    const db = await openTestDatabase('postgres');
    const long = 'jobs \u00FC\u{1F600}'.repeat(1_000_000);
    const bytes = Buffer.from([0, 255, 128, 39]);
    const text = 'SELECT $1::text AS text, $2::bigint AS number, $3::bytea AS bytes';
    for (let round = 1; round <= 2; round++)
      expect(
        await ask(db, [
          { text, values: [long, 2n ** 53n - 1n, bytes] },
          { text, values: [null, null, null] },
          { text, values: ['', -1, Buffer.alloc(0)] },
          { text: 'SELECT repeat($1, 2) AS twice', values: [long] },
          ONE,
        ]),
      ).toEqual([
        fulfilled({ text: long, number: 2 ** 53 - 1, bytes }),
        fulfilled({ text: null, number: null, bytes: null }),
        fulfilled({ text: '', number: -1, bytes: Buffer.alloc(0) }),
        fulfilled({ twice: long + long }),
        fulfilled({ one: 1 }),
      ]);
  });

  const tooMany = Array.from({ length: 65_537 }, (_, index) => `$${index + 1}::int`).join();
  test.each<[string, Statement, string]>([
    ['while it runs', 'SELECT 1 / 0 AS none', 'division by zero'],
    ['before it runs', 'SELECT none FROM nowhere', 'relation "nowhere" does not exist'],
    ['for its values', { text: 'SELECT $1::bigint AS big', values: [NaN] }, 'invalid input syntax'],
    ['for a NUL', { text: 'SELECT $1::text AS text', values: ['a\0b'] }, 'invalid byte sequence'],
    ['for no value at all', { text: 'SELECT $1::text AS text', values: [true] }, 'takes no boolean'],
    ['for too few values', { text: 'SELECT $1::text AS text', values: [] }, 'bind message supplies 0'],
    [
      'for more values than there can be',
      { text: `SELECT ${tooMany}`, values: Array.from({ length: 65_537 }, () => 1) },
      '',
    ],
  ])(
    'are answered though one of them fails %s, and so are those of the next turn',
    async (_, bad, message) => {
      const db = await openTestDatabase('postgres');
      for (let round = 1; round <= 3; round++)
        expect(await ask(db, [ONE, bad, TWO, bad, 'SELECT 3 AS three', ONE])).toEqual([
          fulfilled({ one: 1 }),
          rejected(message),
          fulfilled({ two: 2 }),
          rejected(message),
          fulfilled({ three: 3 }),
          fulfilled({ one: 1 }),
        ]);
    },
  );

  test('are answered though one of them takes too long', async () => {
    const db = await openDatabase('', await createTestDatabase(), 1500);
    const answers = await ask(db, [ONE, 'SELECT pg_sleep(60)', TWO]);
    expect(answers).toEqual([fulfilled({ one: 1 }), rejected('statement timeout'), fulfilled({ two: 2 })]);
    await db.close();
  });

  test('fail in the time of one of them when the database is silent, however many they are', async () => {
    const wire = await breakableWire(await createTestDatabase());
    const db = await openDatabase('', wire.url, 1500);
    wire.hold();
    for (const answer of await ask(
      db,
      Array.from({ length: 200 }, () => ONE),
    ))
      expect(answer.status === 'rejected' && unavailableBecause(answer.reason)).toBe(
        'the database did not answer in time',
      );
    wire.release();
    expect(await ask(db, [ONE, TWO])).toEqual([fulfilled({ one: 1 }), fulfilled({ two: 2 })]);
    await db.close();
  });

  test('are answered though the database ends the connection of one of them', async () => {
    const db = await openTestDatabase('postgres');
    for (let round = 1; round <= 3; round++)
      expect(await ask(db, [ONE, 'SELECT pg_terminate_backend(pg_backend_pid())', TWO])).toEqual([
        fulfilled({ one: 1 }),
        rejected('terminating connection'),
        fulfilled({ two: 2 }),
      ]);
  });

  test('all fail when the way to the database is cut under them, and those of the next turn do not', async () => {
    const wire = await breakableWire(await createTestDatabase());
    const db = await openDatabase('', wire.url);
    const asked = ask(db, [ONE, 'SELECT pg_sleep(60)', TWO]);
    await expect
      .poll(
        async () =>
          (await sql`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`.execute(db.read)).rows,
      )
      .toHaveLength(1);
    await wire.cut();
    for (const answer of await asked)
      expect(answer.status === 'rejected' && unavailableBecause(answer.reason)).toBe(
        'the database cannot be reached',
      );
    await wire.mend();
    expect(await ask(db, [ONE, TWO])).toEqual([fulfilled({ one: 1 }), fulfilled({ two: 2 })]);
    await db.close();
  });

  test('may have notices and notifications between their answers', async () => {
    const db = await openTestDatabase('postgres');
    const notice = "DO $$ BEGIN RAISE NOTICE 'by the way'; RAISE WARNING 'and so on'; END $$";
    const asked = [
      ONE,
      notice,
      'LISTEN here',
      "SELECT pg_notify('here', 'x') IS NULL AS told",
      TWO,
      'UNLISTEN *',
    ];
    for (let round = 1; round <= 3; round++)
      expect(await ask(db, asked)).toEqual([
        fulfilled({ one: 1 }),
        fulfilled(),
        fulfilled(),
        fulfilled({ told: false }),
        fulfilled({ two: 2 }),
        fulfilled(),
      ]);
  });

  test.each([
    ['is dropped', 'ALTER TABLE things DROP COLUMN first', { second: 2, third: 'x' }],
    ['has another type', 'ALTER TABLE things ALTER first TYPE text', { first: '1', second: 2, third: 'x' }],
    [
      'is new',
      'ALTER TABLE things ADD fourth bigint DEFAULT 4',
      { first: 1, second: 2, third: 'x', fourth: 4 },
    ],
  ])('see a table as it is when a column %s meanwhile', async (_, change, row) => {
    const db = await openTestDatabase('postgres');
    await db.write(async (tx) => {
      await sql`CREATE TABLE things (first bigint, second bigint, third text)`.execute(tx);
      await sql`INSERT INTO things VALUES (1, 2, 'x')`.execute(tx);
    });
    const text = 'SELECT * FROM things';
    const readInTransactions = () =>
      Promise.all(
        Array.from({ length: 8 }, () => db.write(async (tx) => (await sql.raw(text).execute(tx)).rows)),
      );
    for (let round = 1; round <= 2; round++) {
      expect((await ask(db, [ONE, text]))[1]).toEqual(fulfilled({ first: 1, second: 2, third: 'x' }));
      await readInTransactions();
    }
    await db.write((tx) => sql.raw(change).execute(tx));
    for (let round = 1; round <= 3; round++) {
      expect(await ask(db, [ONE, text, TWO, text])).toEqual([
        fulfilled({ one: 1 }),
        fulfilled(row),
        fulfilled({ two: 2 }),
        fulfilled(row),
      ]);
      for (const rows of await readInTransactions()) expect(rows).toEqual([row]);
    }
  });

  test('are prepared anew when the connection has forgotten them', async () => {
    const db = await openTestDatabase('postgres');
    for (let round = 1; round <= 3; round++)
      expect(await ask(db, [ONE, 'DISCARD PLANS', 'DEALLOCATE ALL', TWO, ONE])).toEqual([
        fulfilled({ one: 1 }),
        fulfilled(),
        fulfilled(),
        fulfilled({ two: 2 }),
        fulfilled({ one: 1 }),
      ]);
  });

  test('may be of any number of texts, of which a connection keeps so many', async () => {
    const db = await openTestDatabase('postgres');
    const kept = await db.write(async (tx) => {
      for (const number of [...Array(2500).keys(), 0, 1, 2499, 2498])
        expect(await ask({ read: tx }, [`SELECT ${number} AS number`, ONE])).toEqual([
          fulfilled({ number }),
          fulfilled({ one: 1 }),
        ]);
      return (await sql<{ count: number }>`SELECT count(*) FROM pg_prepared_statements`.execute(tx)).rows[0];
    });
    expect(kept?.count).toBeLessThanOrEqual(1010);
    expect(kept?.count).toBeGreaterThan(500);
  });
});

describe.runIf(databases.includes('postgres'))('statements of one turn of a transaction', () => {
  test('run in their order', async () => {
    const db = await openTestDatabase('postgres');
    const count = 'SELECT count(*) FROM instance';
    const answers = await db.write((tx) => ask({ read: tx }, [insert('a'), count, insert('b'), count]));
    expect(answers).toEqual([fulfilled(), fulfilled({ count: 1 }), fulfilled(), fulfilled({ count: 2 })]);
  });

  test('all leave nothing when one of them fails', async () => {
    const db = await openTestDatabase('postgres');
    const written = db.write((tx) => ask({ read: tx }, [insert('a'), insert('a'), insert('b')]));
    await expect(written).rejects.toThrow('failed unheard');
    expect(await ask(db, ['SELECT key FROM instance'])).toEqual([fulfilled()]);
  });
});
