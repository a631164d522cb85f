import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/db/dialect.ts';
import { migrate } from '../../src/db/migrate.ts';
import { placeRoot } from './root.ts';

const FILE = 'jobyard.db';
const templates = new Map<boolean, Promise<Buffer>>();

/**
 * Puts a SQLite database with the present schema into a folder that has none, and nothing in it, or nobody but root; migrated
 * once a process.
 */
export async function placeSqlite(folder: string, { withRoot = false } = {}): Promise<void> {
  const template = templates.get(withRoot) ?? makeTemplate(withRoot);
  templates.set(withRoot, template);
  await writeFile(join(folder, FILE), await template);
}

async function makeTemplate(withRoot: boolean): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'jobyard-test-'));
  try {
    const db = await openDatabase(folder, null);
    try {
      await migrate(db);
      if (withRoot) await placeRoot(db);
    } finally {
      await db.close();
    }
    return readFileSync(join(folder, FILE));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
