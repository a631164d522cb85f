import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/db/dialect.ts';
import { migrate } from '../../src/db/migrate.ts';

const FILE = 'jobyard.db';
let template: Promise<Buffer> | undefined;

/** Puts a SQLite database with the present schema and nothing in it into a folder that has none; migrated once a process. */
export async function placeSqlite(folder: string): Promise<void> {
  template ??= makeTemplate();
  await writeFile(join(folder, FILE), await template);
}

async function makeTemplate(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'jobyard-test-'));
  try {
    const db = await openDatabase(folder, null);
    await migrate(db).finally(() => db.close());
    return readFileSync(join(folder, FILE));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
