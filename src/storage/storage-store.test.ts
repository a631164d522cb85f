import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { countStorage, lockQuota, storageOf } from './storage-store.ts';

describe.each(databases)('a quota that is held, on %s', (kind) => {
  // SQLite has one writer at a time, whatever that holds.
  test.skipIf(kind === 'sqlite')('lets others store rows of the project meanwhile', async () => {
    const db = await openTestDatabase(kind);
    const { id } = await createProject(db);
    await db.write(async (tx) => {
      await lockQuota(tx, { kind: 'project', id, full_path: 'p', storage_limit: 1 });
      await db.write((other) => countStorage(other, 'traces', [{ project_id: id, size: 3 }], 1));
    });
    expect(await storageOf(db.read, id)).toContainEqual({ kind: 'traces', size: 3, count: 1 });
  });
});
