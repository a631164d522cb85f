import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { runCompiled } from './compiled.ts';
import { afterCommit, type Transaction } from './database.ts';
import { unavailableBecause } from './unavailable.ts';

const insert = (tx: Transaction, key: string) =>
  tx.insertInto('instance').values({ key, value: 'v' }).execute();

const insertCompiled = (tx: Transaction) =>
  runCompiled(tx, 'late', () => tx.insertInto('instance').values({ key: 'later', value: 'v' }), {});

describe.each(databases)('a database on %s', (kind) => {
  test('keeps what was written, and of a use case that throws nothing', async () => {
    const db = await openTestDatabase(kind);
    const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`);
    const written = await Promise.allSettled(
      keys.map((key, index) =>
        db.write(async (tx) => {
          await insert(tx, key);
          if (index % 5 === 0) throw new Error('changed its mind');
          return key;
        }),
      ),
    );
    const kept = keys.filter((_, index) => index % 5 !== 0);
    expect(written.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))).toEqual(kept);
    const rows = await db.read.selectFrom('instance').select('key').execute();
    expect(rows.map(({ key }) => key).toSorted()).toEqual(kept.toSorted());
  });

  test('a failed statement fails its own use case, not those that share its commit', async () => {
    const db = await openTestDatabase(kind);
    const [first, twice, last] = await Promise.allSettled([
      db.write((tx) => insert(tx, 'a')),
      db.write(async (tx) => {
        await insert(tx, 'b');
        await insert(tx, 'b');
      }),
      db.write((tx) => insert(tx, 'c')),
    ]);
    expect([first.status, twice.status, last.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const rows = await db.read.selectFrom('instance').select('key').orderBy('key').execute();
    expect(rows).toEqual([{ key: 'a' }, { key: 'c' }]);
  });

  test('tells of a commit once it is one, and never of what was rolled back', async () => {
    const db = await openTestDatabase(kind);
    const told: string[] = [];
    const seen: Promise<unknown>[] = [];
    await db.write(async (tx) => {
      await insert(tx, 'kept');
      afterCommit(tx, () => {
        told.push('kept');
        seen.push(db.read.selectFrom('instance').selectAll().where('key', '=', 'kept').execute());
      });
      expect(told).toEqual([]);
    });
    await db
      .write(async (tx) => {
        afterCommit(tx, () => told.push('lost'));
        throw new Error('no');
      })
      .catch(() => {});
    expect(told).toEqual(['kept']);
    expect(await seen[0]).toHaveLength(1);
  });

  test('a statement that comes after the end of its transaction does nothing, and is no part of another', async () => {
    const db = await openTestDatabase(kind);
    for (const end of [async () => {}, async () => Promise.reject(new Error('changed its mind'))]) {
      let late: Transaction | undefined;
      await db.write((tx) => ((late = tx), end())).catch(() => {});
      for (const add of [() => insert(late!, 'late'), () => insertCompiled(late!)]) {
        await expect(add()).rejects.toThrow('after the end of its transaction');
        await db.write(async () => await expect(add()).rejects.toThrow('after the end of its transaction'));
      }
    }
    expect(await db.read.selectFrom('instance').select('key').execute()).toEqual([]);
  });

  test('reads see nothing of a transaction that is under way', async () => {
    const db = await openTestDatabase(kind);
    await db.write(async (tx) => {
      await insert(tx, 'secret');
      expect(await db.read.selectFrom('instance').selectAll().execute()).toEqual([]);
    });
    expect(await db.read.selectFrom('instance').selectAll().execute()).toHaveLength(1);
  });

  test('gives integers and counts as numbers', async () => {
    const db = await openTestDatabase(kind);
    const big = 2 ** 52;
    const { rows } =
      await sql`SELECT CAST(${big} AS BIGINT) AS big, count(*) AS many, sum(2) AS sum FROM instance`.execute(
        db.read,
      );
    expect(rows).toEqual([{ big, many: 0, sum: null }]);
  });
});

test.runIf(databases.includes('postgres')).each(['40P01', '40001'])(
  'what PostgreSQL ends for the sake of others (%s) is tried again, and in the end told as its own trouble',
  async (code) => {
    const db = await openTestDatabase('postgres');
    let tries = 0;
    const fail = async (tx: Transaction) => {
      tries += 1;
      await sql.raw(`DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '${code}'; END $$`).execute(tx);
    };
    const error: unknown = await db.write(fail).catch((reason: unknown) => reason);
    expect(tries).toBeGreaterThan(1);
    expect(unavailableBecause(error)).toBe('the database is busy');
    const other = async (tx: Transaction) => (++tries % 2 === 0 ? insert(tx, 'a') : fail(tx));
    await db.write(other);
    expect(await db.read.selectFrom('instance').select('key').execute()).toEqual([{ key: 'a' }]);
  },
);
