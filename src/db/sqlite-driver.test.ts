import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { sqliteDialect } from './sqlite-driver.ts';

const database = new DatabaseSync(':memory:');
database.exec('CREATE TABLE numbers (id INTEGER PRIMARY KEY)');
const db = new Kysely<{ numbers: { id: number } }>({ dialect: sqliteDialect(database) });

test('a statement has rows, or tells how many it changed', async () => {
  const insert = db.insertInto('numbers').values([{ id: 1 }, { id: 2 }, { id: 3 }]);
  expect(await insert.executeTakeFirst()).toMatchObject({ numInsertedOrUpdatedRows: 3n });
  const changed = await db.updateTable('numbers').set({ id: 4 }).where('id', '=', 3).returningAll().execute();
  expect(changed).toEqual([{ id: 4 }]);
  expect(await db.selectFrom('numbers').selectAll().orderBy('id').execute()).toHaveLength(3);
});

test('limit and offset are no bare parameters: SQLite would plan the statement at each run', async () => {
  const page = db.selectFrom('numbers').selectAll().orderBy('id').limit(1).offset(1);
  expect(page.compile().sql).toContain('limit (? + 0) offset (? + 0)');
  expect(await page.execute()).toEqual([{ id: 2 }]);
});
