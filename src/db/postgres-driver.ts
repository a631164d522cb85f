import { createHash } from 'node:crypto';
import {
  type CompiledQuery,
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type pg from 'pg';
import type { Pool, PoolClient } from 'pg';
import type { Direct } from './compiled.ts';
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
  const direct: Direct = {
    async rowsOf(sql, parameters, room) {
      const rows = (await run(source, sql, parameters)).rows as Record<string, unknown>[];
      for (const row of rows) for (const name of room) row[name] = null;
      return rows;
    },
  };
  return {
    createAdapter: () => Object.assign(new PostgresAdapter(), direct),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createDriver: () => new OneConnectionDriver((query) => execute(source, query)),
  };
}

async function execute<R>(source: Pool | PoolClient, query: CompiledQuery): Promise<QueryResult<R>> {
  const { command, rows, rowCount } = await run(source, query.sql, query.parameters);
  if (command === 'SELECT') return { rows: rows as R[] };
  return { rows: rows as R[], numAffectedRows: BigInt(rowCount ?? 0) };
}

function run(
  source: Pool | PoolClient,
  sql: string,
  parameters: readonly unknown[],
): Promise<pg.QueryResult> {
  const name = nameOf(sql);
  return source.query({ text: sql, values: [...parameters], ...(name === undefined ? {} : { name }) });
}
