import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { StartError } from '../errors.ts';
import { Checkpoints } from './checkpoints.ts';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';
import { sqliteDialect } from './sqlite-driver.ts';
import { Audience } from './tell.ts';
import { WalSync } from './wal-sync.ts';
import { WriteLane } from './write-lane.ts';

const FILE = 'jobyard.db';

/**
 * Opens (or makes) the SQLite database in `folder`, for this process alone.
 * @throws StartError when the folder cannot be written or another server has it open
 */
export function openSqlite(folder: string): Database {
  const lock = lockFolder(folder);
  const file = join(folder, FILE);
  const writer = new DatabaseSync(file, { timeout: 5000 });
  // A migration takes a constraint out of the text of a table.
  writer.enableDefensive(false);
  // NORMAL keeps the file whole whatever happens; what is acknowledged is synced by the write lane.
  writer.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY`);
  const reader = openReader(file);
  const snapshot = new Snapshot(reader);
  const wal = new WalSync(`${file}-wal`);
  const checkpoints = new Checkpoints(writer, file);
  const audience = new Audience();
  const lane = new WriteLane(writer, { beforeCommit: () => snapshot.release(), wal, checkpoints, audience });
  return {
    kind: 'sqlite',
    read: new Kysely<Tables>({ dialect: sqliteDialect(reader, () => snapshot.take()) }),
    write: (work) => lane.add(work),
    unsettled: () => lane.unsettled,
    audience,
    openLine: null,
    async close() {
      await lane.drain();
      await checkpoints.close();
      wal.close();
      snapshot.release();
      reader.close();
      writer.close();
      lock.close();
    },
  };
}

/** A connection that reads. */
function openReader(file: string): DatabaseSync {
  const reader = new DatabaseSync(file, { timeout: 5000 });
  reader.exec('PRAGMA query_only = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY');
  return reader;
}

/**
 * For a thread of the server that has the database of `folder` open: reads what is committed. Its view is held until
 * `release`, or the end of the event loop's turn.
 */
export function openSqliteReader(folder: string): { read: Kysely<Tables>; release: () => void } {
  const reader = openReader(join(folder, FILE));
  const snapshot = new Snapshot(reader);
  return {
    read: new Kysely<Tables>({ dialect: sqliteDialect(reader, () => snapshot.take()) }),
    release: () => snapshot.release(),
  };
}

/** Held by SQLite's own file lock, so it ends with the process however that dies. */
function lockFolder(folder: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = new DatabaseSync(join(folder, 'jobyard.lock'));
    try {
      lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      throw error;
    }
    return lock;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/locked/.test(reason))
      throw new StartError(
        `The data folder ${folder} is in use by another Jobyard server: stop it, or choose another folder with --data DIR.`,
      );
    throw new StartError(
      `The data folder ${folder} cannot be written (${reason}): correct its rights, or choose another folder with --data DIR.`,
    );
  }
}

/**
 * The reading connection's view, held for one turn of the event loop: the statements of a page run in one, and
 * cost a quarter when they need not each lock and unlock the log of changes. It is released before each commit
 * too, so that SQLite can take the log back into the database then.
 */
class Snapshot {
  readonly #reader: DatabaseSync;
  constructor(reader: DatabaseSync) {
    this.#reader = reader;
  }

  take(): void {
    if (this.#reader.isTransaction) return;
    this.#reader.exec('BEGIN');
    setImmediate(() => this.release());
  }

  release(): void {
    if (this.#reader.isOpen && this.#reader.isTransaction) this.#reader.exec('COMMIT');
  }
}
