import { createHash } from 'node:crypto';
import {
  type CompiledQuery,
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import pg from 'pg';
import type { Direct } from './compiled.ts';
import { lateStatement } from './database.ts';
import { OneConnectionDriver } from './one-connection.ts';
import { setBounded } from './set-bounded.ts';
import { type Answer, type Asked, type Statement, StatementBatch } from './statement-batch.ts';

/** Texts known at most. */
const KNOWN = 2000;

/** The statements that the connections of one pool have in common. */
export class Statements {
  readonly #known = new Map<string, Statement>();

  of(text: string): Statement {
    const known = this.#known.get(text);
    if (known) return known;
    const statement = { text, name: createHash('sha1').update(text).digest('base64url') };
    setBounded(this.#known, KNOWN, text, statement);
    return statement;
  }
}

/** Runs what is asked for. */
type Run = (asked: Asked) => void;

/**
 * The one client of a transaction, until that is over. With a statement that fails, those behind it in its turn do.
 */
export function clientDialect(client: pg.ClientBase, statements: Statements, isOver: () => boolean): Dialect {
  const run = inTurns((all) => {
    if (isOver()) rejectAll(all, lateStatement());
    else client.query(new StatementBatch(all, client, rejectAll));
  });
  return dialectOf(run, statements);
}

/**
 * Any client of a pool, for what only reads: what is asked for in the same turn goes to the database together, and one
 * that fails would take back what those before it have written.
 */
export function poolDialect(pool: pg.Pool, statements = new Statements()): Dialect {
  const run = inTurns((all) => runInPool(pool, all));
  return dialectOf(run, statements);
}

/** Gathers what is asked for in one turn of the event loop. */
function inTurns(run: (all: readonly Asked[]) => void): Run {
  let all: Asked[] = [];
  return (asked) => {
    if (all.push(asked) > 1) return;
    queueMicrotask(() => {
      const gathered = all;
      all = [];
      run(gathered);
    });
  };
}

function runInPool(pool: pg.Pool, all: readonly Asked[]): void {
  pool.connect((error, client, release) => {
    if (error || !client) {
      rejectAll(all, error);
      return;
    }
    client.on('error', heard);
    const over = (left: readonly Asked[], failed?: Error) => {
      client.off('error', heard);
      const isRefused = failed instanceof pg.DatabaseError;
      release(isRefused && !ENDS.test(failed.code ?? '') ? undefined : failed);
      if (left.length === 0) return;
      if (isRefused) runInPool(pool, left);
      else rejectAll(left, failed);
    };
    client.query(new StatementBatch(all, client, over));
  });
}

/** PostgreSQL's codes for what ends a connection: an operator, a time-out or itself; a message that it cannot read. */
const ENDS = /^(57P|08)/;

/** A connection's statements fail when it does; but unheard, the event would end the process. */
const heard = () => {};

function rejectAll(all: readonly Asked[], error?: Error): void {
  for (const { reject } of all) reject(error);
}

/** Kysely's way to what runs statements. Kysely's own sends unnamed ones. */
function dialectOf(run: Run, statements: Statements): Dialect {
  const ask = (text: string, parameters: readonly unknown[], room: readonly string[]) =>
    new Promise<Answer>((resolve, reject) => {
      run({ statement: statements.of(text), values: parameters.map(sent), room, resolve, reject });
    });
  const direct: Direct = {
    async rowsOf(sql, parameters, room) {
      return (await ask(sql, parameters, room)).rows;
    },
  };
  return {
    createAdapter: () => Object.assign(new PostgresAdapter(), direct),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createDriver: () => new OneConnectionDriver((query) => execute(ask, query)),
  };
}

async function execute<R>(
  ask: (text: string, parameters: readonly unknown[], room: readonly string[]) => Promise<Answer>,
  { sql, parameters }: CompiledQuery,
): Promise<QueryResult<R>> {
  const { rows, count } = await ask(sql, parameters, []);
  return { rows: rows as R[], numAffectedRows: BigInt(count) };
}

/** A value as the protocol takes it. */
function sent(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError(`a statement takes no ${typeof value}`);
}
