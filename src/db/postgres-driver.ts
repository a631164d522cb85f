import { createHash } from 'node:crypto';
import {
  type CompiledQuery,
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { OneConnectionDriver } from './one-connection.ts';

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
    createDriver: () => new OneConnectionDriver((query) => execute(source, query)),
  };
}

async function execute<R>(source: Pool | PoolClient, query: CompiledQuery): Promise<QueryResult<R>> {
  const name = nameOf(query.sql);
  const result = await source.query({
    text: query.sql,
    values: [...query.parameters],
    ...(name === undefined ? {} : { name }),
  });
  if (result.command === 'SELECT') return { rows: result.rows as R[] };
  return { rows: result.rows as R[], numAffectedRows: BigInt(result.rowCount ?? 0) };
}
