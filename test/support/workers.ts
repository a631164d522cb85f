import { afterEach, beforeEach } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { addWork } from '../../src/work/work-store.ts';
import { Worker, type WorkerOptions } from '../../src/work/worker.ts';
import type { DatabaseKind } from './databases.ts';
import { openTestDatabase } from './test-database.ts';

/** A database of its own for each test of the surrounding `describe`, and workers on it, which are stopped afterwards. */
export function workersOn(kind: DatabaseKind) {
  let db: Database;
  const workers: Worker[] = [];
  beforeEach(async () => {
    db = await openTestDatabase(kind);
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  });
  return {
    db: () => db,
    /** Those of this test. */
    workers,
    worker: (options: WorkerOptions = {}) => {
      const made = new Worker(db, options);
      workers.push(made);
      return made;
    },
    /** Work of the kind `sweep`. */
    add: (key: string, due_at = 0, payload: object = {}) =>
      db.write((tx) => addWork(tx, { kind: 'sweep', key, due_at, payload })),
    rows: () => db.read.selectFrom('work').selectAll().orderBy('id').execute(),
  };
}
