import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { Checkpoints } from './checkpoints.ts';
import { openSqlite } from './sqlite.ts';

const MB = 1024 * 1024;

/** Has the reader take a new view of the database, which lasts until the next one. */
function look(reader: DatabaseSync) {
  if (reader.isTransaction) reader.exec('COMMIT');
  reader.exec('BEGIN; SELECT max(id) FROM bytes');
}

test('the log begins anew, however much is written and read without a pause', async () => {
  const folder = temporaryFolder();
  const db = openSqlite(folder);
  await db.write((tx) => sql`CREATE TABLE bytes (id INTEGER PRIMARY KEY, some BLOB)`.execute(tx));
  // One of the two has a view at any time, as of the threads that read pages for a busy server.
  const readers = [1, 2].map(() => new DatabaseSync(join(folder, 'jobyard.db')));
  for (const reader of readers) look(reader);
  const reading = setInterval(() => {
    look(readers[0]!);
    readers.reverse();
  }, 1);
  onTestFinished(async () => {
    clearInterval(reading);
    for (const reader of readers) reader.close();
    await db.close();
  });
  const size = () => statSync(join(folder, 'jobyard.db-wal')).size;
  let written = 0;
  for (let before = -1; size() > before && written < 500; written++) {
    before = size();
    await db.write((tx) => sql`INSERT INTO bytes (some) VALUES (zeroblob(${MB}))`.execute(tx));
  }
  expect(written).toBeLessThan(500);
});

test('a log that cannot be looked at ends nothing', async () => {
  const file = join(temporaryFolder(), 'some.db');
  const writer = new DatabaseSync(file);
  writer.exec('PRAGMA journal_mode = WAL; CREATE TABLE bytes (some BLOB)');
  const checkpoints = new Checkpoints(writer, file);
  onTestFinished(() => checkpoints.close());
  writer.exec('BEGIN IMMEDIATE');
  await expect(checkpoints.afterCommit()).resolves.toBeUndefined();
  writer.exec('ROLLBACK');
  writer.close();
});
