import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/dialect.ts';
import { migrate } from '../../src/db/migrate.ts';
import { afterEachFile } from './after-each-file.ts';
import type { DatabaseKind } from './databases.ts';
import { createTestDatabase } from './postgres.ts';
import { placeSqlite } from './sqlite-template.ts';

const closing: (() => Promise<unknown>)[] = [];

/** An empty database of that kind with the present schema. It goes after the test file that asked for it. */
export async function openTestDatabase(kind: DatabaseKind): Promise<Database> {
  const db = kind === 'sqlite' ? await openTemporary() : await openDatabase('', await createTestDatabase());
  closing.push(() => db.close());
  await migrate(db);
  return db;
}

async function openTemporary(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'jobyard-test-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await placeSqlite(folder);
  return await openDatabase(folder, null);
}

afterEachFile(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
