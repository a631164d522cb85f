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
import type { Direct } from './compiled.ts';
import { OneConnectionDriver } from './one-connection.ts';
import { type RowMaker, rowMaker } from './row-maker.ts';
import { setBounded } from './set-bounded.ts';

/** Statements kept prepared for each connection. */
const PREPARED = 500;

/** Kysely's way to one `node:sqlite` connection. `before` is called in front of each statement. */
export const sqliteDialect = (database: DatabaseSync, before?: () => void): Dialect =>
  new SqliteConnection(database).dialect(before);

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

type Value = string | number | bigint | null | Uint8Array;

interface Prepared {
  statement: StatementSync;
  /** Makes an object of a row's values; null for a statement that answers none. */
  toRow: RowMaker | null;
}

/** A `node:sqlite` connection with its prepared statements. They run at once, so callers need no turn. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** One of its users' ways to it. `before` is called in front of each statement, which is not run when it throws. */
  dialect(before: () => void = () => {}): Dialect {
    const direct: Direct = {
      rowsOf: (sql, parameters, room) => {
        before();
        return this.#rowsOf(sql, parameters as Value[], room);
      },
    };
    const execute = async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      before();
      return this.#execute(query);
    };
    return {
      createAdapter: () => Object.assign(new SqliteAdapter(), direct),
      createQueryCompiler: () => new PlannedOnce(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createDriver: () => new OneConnectionDriver(execute),
    };
  }

  #execute<R>(query: CompiledQuery): QueryResult<R> {
    const { statement, toRow } = this.#prepare(query.sql);
    const parameters = query.parameters as Value[];
    if (toRow) return { rows: (statement.all(...parameters) as unknown as Value[][]).map(toRow) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #rowsOf(sql: string, parameters: Value[], room: readonly string[]): object[] {
    const { statement, toRow } = this.#prepare(sql, room);
    const rows = statement.all(...parameters) as unknown as Value[][];
    return toRow ? rows.map(toRow) : [];
  }

  #prepare(sql: string, room: readonly string[] = []): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    const names = statement.columns().map(({ name }) => name);
    const prepared = { statement, toRow: names.length > 0 ? rowMaker(names, room) : null };
    setBounded(this.#prepared, PREPARED, sql, prepared);
    return prepared;
  }
}
