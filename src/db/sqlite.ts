import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { StartError } from '../errors.ts';
import { asTransaction, collectHooks, type Database, runHooks, type Transaction } from './database.ts';
import type { Tables } from './schema.ts';
import { sqliteDialect } from './sqlite-driver.ts';

/**
 * A transaction of the write lane takes no further use case after so many, or after so long: nothing else runs
 * until its commit, and the answers that follow all at once take about as long again.
 */
const GROUP = { works: 100, ms: 8 };

const FILE = 'jobyard.db';

interface Waiting {
  work: (tx: Transaction) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

interface Finished {
  resolve: () => void;
  reject: (error: unknown) => void;
  hooks: (() => void)[];
}

/**
 * Opens (or makes) the SQLite database in `folder`, for this process alone.
 * @throws StartError when the folder cannot be written or another server has it open
 */
export function openSqlite(folder: string): Database {
  const lock = lockFolder(folder);
  const file = join(folder, FILE);
  const writer = new DatabaseSync(file, { timeout: 5000 });
  writer.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY`);
  const reader = openReader(file);
  const snapshot = new Snapshot(reader);
  const lane = new WriteLane(writer, snapshot);
  return {
    kind: 'sqlite',
    read: new Kysely<Tables>({ dialect: sqliteDialect(reader, () => snapshot.take()) }),
    write: (work) => lane.add(work),
    async close() {
      await lane.drain();
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

/**
 * One connection, one transaction at a time. Use cases that wait together become savepoints of one
 * transaction and are answered after its single COMMIT: a disk's sync is what a commit costs.
 */
class WriteLane {
  readonly #database: DatabaseSync;
  readonly #builder: Kysely<Tables>;
  readonly #snapshot: Snapshot;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;

  constructor(database: DatabaseSync, snapshot: Snapshot) {
    this.#database = database;
    this.#snapshot = snapshot;
    this.#builder = new Kysely<Tables>({ dialect: sqliteDialect(database) });
  }

  add<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: (value) => resolve(value as T), reject });
      this.#running ??= this.#run();
    });
  }

  async drain(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise(setImmediate);
      await this.#group();
    }
    this.#running = null;
  }

  async #group(): Promise<void> {
    const finished: Finished[] = [];
    const begun = performance.now();
    try {
      this.#database.exec('BEGIN IMMEDIATE');
    } catch (error) {
      this.#waiting.shift()?.reject(error);
      return;
    }
    try {
      while (finished.length < GROUP.works && performance.now() - begun < GROUP.ms) {
        const next = this.#waiting.shift();
        if (!next) break;
        const done = await this.#savepoint(next);
        if (done) finished.push(done);
      }
      this.#snapshot.release();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      for (const { reject } of finished) reject(error);
      return;
    }
    for (const { resolve, hooks } of finished) {
      resolve();
      runHooks(hooks);
    }
  }

  async #savepoint({ work, resolve, reject }: Waiting): Promise<Finished | null> {
    const tx = asTransaction(this.#builder.withoutPlugins());
    const hooks = collectHooks(tx);
    try {
      this.#database.exec('SAVEPOINT work');
      const value = await work(tx);
      this.#database.exec('RELEASE work');
      return { resolve: () => resolve(value), reject, hooks };
    } catch (error) {
      reject(error);
      // A full disk may have rolled back the whole transaction already: then the group fails for the same reason.
      if (!this.#database.isTransaction) throw error;
      this.#database.exec('ROLLBACK TO work');
      this.#database.exec('RELEASE work');
      return null;
    }
  }
}
