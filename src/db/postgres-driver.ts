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
import { OneConnectionDriver } from './one-connection.ts';
import { type Answer, type Asked, type Statement, StatementBatch } from './statement-batch.ts';

/** Statements named at most; a text beyond goes unnamed, so that no connection's memory grows for ever. */
const NAMED = 1000;

/** The statements that the connections of one pool have in common. */
export class Statements {
  readonly #known = new Map<string, Statement>();

  of(text: string): Statement {
    const known = this.#known.get(text);
    if (known) return known;
    if (this.#known.size >= NAMED) return { text, name: '' };
    const name = `j${createHash('sha1').update(text).digest('base64url').slice(0, 20)}`;
    const statement = { text, name };
    this.#known.set(text, statement);
    return statement;
  }
}

/** Runs what is asked for. */
type Run = (asked: Asked) => void;

/** The one client of a transaction. */
export function clientDialect(client: pg.ClientBase, statements: Statements): Dialect {
  const run: Run = (asked) => {
    client.query(new StatementBatch([asked], client, undefined, () => {}));
  };
  return dialectOf(run, statements);
}

/**
 * Any client of a pool. What is asked for in the same turn goes to the database together: the five statements of what
 * is around the jobs of a page cost as much as one.
 */
export function poolDialect(pool: pg.Pool, statements = new Statements()): Dialect {
  const turn = new Turn(pool);
  return dialectOf((asked) => turn.add(asked), statements);
}

class Turn {
  readonly #pool: pg.Pool;
  #asked: Asked[] = [];

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  add(asked: Asked): void {
    if (this.#asked.push(asked) > 1) return;
    queueMicrotask(() => {
      const all = this.#asked;
      this.#asked = [];
      this.#run(all);
    });
  }

  #run(all: readonly Asked[]): void {
    this.#pool.connect((error, client, release) => {
      if (error || !client) {
        for (const { reject } of all) reject(error);
        return;
      }
      client.on('error', heard);
      const { query_timeout } = this.#pool.options;
      const timeout = query_timeout && query_timeout * all.length;
      const over = (left: readonly Asked[], failed?: Error) => {
        client.off('error', heard);
        const isRefused = failed instanceof pg.DatabaseError;
        release(isRefused ? undefined : failed);
        if (left.length === 0) return;
        if (isRefused) this.#run(left);
        else for (const { reject } of left) reject(failed);
      };
      client.query(new StatementBatch(all, client, timeout, over));
    });
  }
}

/** A connection's statements fail when it does; but unheard, the event would end the process. */
const heard = () => {};

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
