import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { insertRows } from './insert-rows.ts';

const rowsFrom = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `key ${from + index}`, value: `${from + index}` }));

describe.each(databases)('rows inserted on %s', (kind) => {
  test('are all there, however many they are', async () => {
    const db = await openTestDatabase(kind);
    let from = 0;
    for (const count of [0, 1, 150, 3, 128]) {
      const rows = rowsFrom(from, count);
      const keys = await db.write((tx) => insertRows(tx, 'instance', rows, ['key']));
      expect(keys.map(({ key }) => key).toSorted()).toEqual(rows.map(({ key }) => key).toSorted());
      from += count;
    }
    const found = await db.read.selectFrom('instance').selectAll().execute();
    expect(found.length).toBe(from);
    expect(found.every(({ key, value }) => key === `key ${value}`)).toBe(true);
  });

  test('answer the columns that are asked for, whatever was asked for before', async () => {
    const db = await openTestDatabase(kind);
    const [first] = await db.write((tx) => insertRows(tx, 'instance', rowsFrom(1, 1), ['key']));
    expect(first).toEqual({ key: 'key 1' });
    const [second] = await db.write((tx) => insertRows(tx, 'instance', rowsFrom(2, 1), ['value', 'key']));
    expect(second).toEqual({ value: '2', key: 'key 2' });
  });

  test('have all columns of the first, or are not inserted', async () => {
    const db = await openTestDatabase(kind);
    const rows = rowsFrom(1, 4).map(({ key, value }, index) => (index === 2 ? { key } : { key, value }));
    const inserting = db.write((tx) =>
      insertRows(tx, 'instance', rows as ReturnType<typeof rowsFrom>, ['key']),
    );
    await expect(inserting).rejects.toThrow('no value for parameter');
    expect(await db.read.selectFrom('instance').selectAll().execute()).toEqual([]);
  });
});
