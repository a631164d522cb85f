import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type Dialect,
  type LimitNode,
  type OffsetNode,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { OneConnectionDriver } from './one-connection.ts';

/** Statements kept prepared for each connection. */
const PREPARED = 500;

/** Kysely's way to one `node:sqlite` connection. Statements run at once, so callers need no turn. */
export function sqliteDialect(database: DatabaseSync): Dialect {
  const connection = new SqliteConnection(database);
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new PlannedOnce(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => new OneConnectionDriver((query) => connection.executeQuery(query)),
  };
}

/**
 * SQLite looks at what is bound to a bare parameter of LIMIT or OFFSET when it plans, and therefore plans the
 * statement anew each time it is bound: that is a third of what a list page costs. At a sum it does not look.
 */
class PlannedOnce extends SqliteQueryCompiler {
  protected override visitLimit({ limit }: LimitNode): void {
    this.append('limit (');
    this.visitNode(limit);
    this.append(' + 0)');
  }

  protected override visitOffset({ offset }: OffsetNode): void {
    this.append('offset (');
    this.visitNode(offset);
    this.append(' + 0)');
  }
}

interface Prepared {
  statement: StatementSync;
  /** Asking SQLite each time costs as much as many a statement. */
  hasRows: boolean;
}

class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();
  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, hasRows } = this.#prepare(query.sql);
    const parameters = query.parameters as (string | number | bigint | null | Uint8Array)[];
    if (hasRows) return { rows: statement.all(...parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#prepared.size >= PREPARED) {
      const oldest = this.#prepared.keys().next().value;
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    const statement = this.#database.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}
