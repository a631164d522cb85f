import { type Kysely, PostgresAdapter, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { openSqlite } from './sqlite.ts';

/** The few places where the two databases differ, each with a name. Everything else is one SQL. */

/**
 * Opens the database of `url` (postgres://…), or without one SQLite in `folder`. `statement`: milliseconds in
 * which PostgreSQL must answer a statement, null for ever.
 */
export async function openDatabase(
  folder: string,
  url: string | null,
  statement: number | null = null,
): Promise<Database> {
  if (url === null) return openSqlite(folder);
  const { openPostgres } = await import('./postgres.ts');
  return openPostgres(url, statement);
}

const isPostgres = <DB>(db: Kysely<DB>) => db.getExecutor().adapter instanceof PostgresAdapter;

/** Locks the selected rows until the transaction ends. SQLite has one writer: they are locked already. */
export function forUpdate<DB, TB extends keyof DB, O>(
  db: Kysely<DB>,
  query: SelectQueryBuilder<DB, TB, O>,
): SelectQueryBuilder<DB, TB, O> {
  return isPostgres(db) ? query.forUpdate() : query;
}

/** As forUpdate, for rows whose keys stay: others may meanwhile add rows that refer to them. */
export function forNoKeyUpdate<DB, TB extends keyof DB, O>(
  db: Kysely<DB>,
  query: SelectQueryBuilder<DB, TB, O>,
): SelectQueryBuilder<DB, TB, O> {
  return isPostgres(db) ? query.forNoKeyUpdate() : query;
}

/**
 * Waits for whatever other transaction holds this name, and holds it until the transaction ends: for what no row stands for.
 * SQLite has one writer.
 */
export async function holdName<DB>(db: Kysely<DB>, name: string): Promise<void> {
  if (isPostgres(db)) await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db);
}

/** As forUpdate, but passes over rows that another transaction holds. `of`: the tables locked, if not all. */
export function forUpdateSkipLocked<DB, TB extends keyof DB, O>(
  db: Kysely<DB>,
  query: SelectQueryBuilder<DB, TB, O>,
  of?: TB & string,
): SelectQueryBuilder<DB, TB, O> {
  if (!isPostgres(db)) return query;
  return (of === undefined ? query.forUpdate() : query.forUpdate(of)).skipLocked();
}

/** The texts as rows of a table `given` with the column `value`: however many, they are one parameter. */
export function textRows<DB>(db: Kysely<DB>, texts: readonly string[]): RawBuilder<unknown> {
  const list = JSON.stringify(texts);
  return isPostgres(db)
    ? sql`json_array_elements_text(${list}::json) AS given (value)`
    : sql`json_each(${list}) AS given`;
}
