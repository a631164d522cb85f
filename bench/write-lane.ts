import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../src/db/dialect.ts';
import { migrate } from '../src/db/migrate.ts';
import { addWork } from '../src/work/work-store.ts';
import type { Benchmark } from './frame/benchmark.ts';
import { measure } from './frame/measure.ts';

export const benchmark: Benchmark = {
  name: 'Small writes on SQLite',
  about: `A use case that writes one row and is answered after its commit has reached the disk. The floor writes
the same row through node:sqlite alone, a transaction and a sync of the disk for each. The write lane is
above it as soon as several use cases wait: they share one commit.`,
  async run({ folder, seconds }) {
    const db = await openDatabase(folder, null);
    await migrate(db);
    const plain = new DatabaseSync(join(folder, 'floor.db'));
    plain.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE work (id INTEGER PRIMARY KEY, kind TEXT, key TEXT, payload TEXT, due_at INTEGER, UNIQUE (kind, key))`);
    const insert = plain.prepare('INSERT INTO work (kind, key, payload, due_at) VALUES (?, ?, ?, ?)');
    let key = 0;
    const floor = {
      name: 'one row, one COMMIT, node:sqlite',
      once: () => insert.run('bench', String(key++), '{}', 1e15),
    };
    const write = (concurrency: number) => ({
      name: `one row through the write lane, ${concurrency} at a time`,
      concurrency,
      once: () => db.write((tx) => addWork(tx, { kind: 'bench', key: String(key++), due_at: 1e15 })),
    });
    const figures = [await measure(write(1), floor, seconds), await measure(write(50), floor, seconds)];
    plain.close();
    await db.close();
    return figures;
  },
};
