import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';

/** Runs one statement. */
export type Execute = <R>(query: CompiledQuery) => Promise<QueryResult<R>>;

/**
 * Kysely's driver of what needs no taking of turns: the SQLite connection of a builder, a transaction's
 * client, a pool that picks for itself. Transactions begin and end in `Database.write`, not here.
 */
export class OneConnectionDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(execute: Execute) {
    this.#connection = {
      executeQuery: execute,
      streamQuery() {
        throw new Error('lists are read in pages');
      },
    };
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
