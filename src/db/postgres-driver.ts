import { createHash } from 'node:crypto';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { Pool, PoolClient } from 'pg';

/** Statements named at most; a text beyond goes unnamed, so that no connection's memory grows for ever. */
const NAMED = 1000;
const names = new Map<string, string>();

function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= NAMED) return known;
  const name = `j${createHash('sha1').update(sql).digest('base64url').slice(0, 20)}`;
  names.set(sql, name);
  return name;
}

/** Kysely's way to a pool, or to the one client of a transaction. Kysely's own sends unnamed statements. */
export function postgresDialect(source: Pool | PoolClient): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createDriver: () => new PostgresDriver(new PostgresConnection(source)),
  };
}

class PostgresDriver implements Driver {
  readonly #connection: PostgresConnection;
  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }
  async init() {}
  async acquireConnection() {
    return this.#connection;
  }
  async beginTransaction(): Promise<void> {
    throw new Error('transactions go through Database.write');
  }
  async commitTransaction() {}
  async rollbackTransaction() {}
  async releaseConnection() {}
  async destroy() {}
}

class PostgresConnection implements DatabaseConnection {
  readonly #source: Pool | PoolClient;
  constructor(source: Pool | PoolClient) {
    this.#source = source;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const name = nameOf(query.sql);
    const result = await this.#source.query({
      text: query.sql,
      values: [...query.parameters],
      ...(name === undefined ? {} : { name }),
    });
    if (result.command === 'SELECT') return { rows: result.rows as R[] };
    return { rows: result.rows as R[], numAffectedRows: BigInt(result.rowCount ?? 0) };
  }

  // oxlint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('lists are read in pages');
  }
}
