import { performance } from 'node:perf_hooks';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { asTransaction, collectHooks, lateStatement, runHooks, type Transaction } from './database.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Tables } from './schema.ts';
import { SqliteConnection } from './sqlite-driver.ts';
import type { Audience } from './tell.ts';
import type { WalSync } from './wal-sync.ts';

/**
 * A transaction of the write lane takes no further use case after so many, or after so long: nothing else runs
 * until its commit, and the answers that follow all at once take about as long again.
 */
const GROUP = { works: 100, ms: 8 };

/** So many that wait behind a commit. */
const CROWD = 8;

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

interface Options {
  /** Called before each commit. */
  beforeCommit: () => void;
  wal: WalSync;
  checkpoints: Checkpoints;
  audience: Audience;
}

/**
 * One connection, one transaction at a time. Use cases that wait together become savepoints of one transaction, and
 * are answered when its COMMIT has reached the disk. Meanwhile the next transaction goes on: what it reads of the
 * one before is synced before it, or with it.
 */
export class WriteLane {
  readonly #database: DatabaseSync;
  readonly #connection: SqliteConnection;
  readonly #beforeCommit: () => void;
  readonly #wal: WalSync;
  readonly #checkpoints: Checkpoints;
  readonly #audience: Audience;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #unsettled: Promise<void> | null = null;

  constructor(database: DatabaseSync, { beforeCommit, wal, checkpoints, audience }: Options) {
    this.#database = database;
    this.#beforeCommit = beforeCommit;
    this.#wal = wal;
    this.#checkpoints = checkpoints;
    this.#audience = audience;
    this.#connection = new SqliteConnection(database);
  }

  add<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: (value) => resolve(value as T), reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolved when all that is committed by now is on the disk; null: it is. */
  get unsettled(): Promise<void> | null {
    return this.#unsettled;
  }

  async drain(): Promise<void> {
    while (this.#running ?? this.#unsettled) await (this.#running ?? this.#unsettled);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise(setImmediate);
      await this.#group();
      await this.#checkpoints.afterCommit();
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
      this.#beforeCommit();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      for (const { reject } of finished) reject(error);
      return;
    }
    // Whoever is woken commits behind this, so what comes of it reaches the disk behind this too.
    for (const { hooks } of finished) runHooks(hooks);
    // For a few it is faster to wait for the disk here than to have a thread do it; a crowd goes on meanwhile, and
    // what took long to write takes long to sync.
    const isMuch = this.#waiting.length >= CROWD || performance.now() - begun >= GROUP.ms;
    if (!isMuch && this.#wal.syncNow()) for (const { resolve } of finished) resolve();
    else void this.#settle(finished);
  }

  async #settle(finished: readonly Finished[]): Promise<void> {
    const settled = this.#wal.sync();
    this.#unsettled = settled;
    await settled;
    if (this.#unsettled === settled) this.#unsettled = null;
    for (const { resolve } of finished) resolve();
  }

  async #savepoint({ work, resolve, reject }: Waiting): Promise<Finished | null> {
    let isOver = false;
    // What came late would be part of another's work.
    const dialect = this.#connection.dialect(() => {
      if (isOver) throw lateStatement();
    });
    const tx = asTransaction(new Kysely<Tables>({ dialect }));
    const hooks = collectHooks(tx, this.#audience);
    try {
      this.#database.exec('SAVEPOINT work');
      const value = await work(tx);
      isOver = true;
      this.#database.exec('RELEASE work');
      return { resolve: () => resolve(value), reject, hooks };
    } catch (error) {
      isOver = true;
      reject(error);
      // A full disk may have rolled back the whole transaction already: then the group fails for the same reason.
      if (!this.#database.isTransaction) throw error;
      this.#database.exec('ROLLBACK TO work');
      this.#database.exec('RELEASE work');
      return null;
    }
  }
}
