import { CompiledQuery, type DialectAdapter, type Kysely } from 'kysely';
import type { Direct } from '../../src/db/compiled.ts';
import type { Database } from '../../src/db/database.ts';
import type { Tables } from '../../src/db/schema.ts';

interface Statement {
  sql: string;
  parameters: readonly unknown[];
}

type Executor = ReturnType<Kysely<Tables>['getExecutor']>;

/**
 * How the database goes about each reading statement of `ask`, in its words: the plan, a line a step. Statements
 * that something else runs meanwhile in this process are among them.
 */
export async function plansOf(db: Database, ask: () => Promise<unknown>): Promise<string[]> {
  const statements = await statementsOf(db, ask);
  const explain = db.kind === 'sqlite' ? 'EXPLAIN QUERY PLAN ' : 'EXPLAIN ';
  const plans: string[] = [];
  for (const { sql, parameters } of statements.filter((each) => /^\s*(select|with)\b/i.test(each.sql))) {
    const { rows } = await db.read.executeQuery(CompiledQuery.raw(explain + sql, [...parameters]));
    plans.push((rows as object[]).map((row) => Object.values(row).at(-1) as string).join('\n'));
  }
  return plans;
}

/** The statements that `ask` runs, those compiled once in transactions aside, and whatever else runs meanwhile in this process. */
export async function statementsOf(db: Database, ask: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  // Every builder of this kind, transactions' too, has these prototypes.
  const executor = owner<Executor>(db.read.getExecutor(), 'executeQuery');
  const adapter = owner<DialectAdapter & Direct>(db.read.getExecutor().adapter, 'rowsOf');
  const { executeQuery } = executor;
  const { rowsOf } = adapter;
  executor.executeQuery = function (this: Executor, query: CompiledQuery) {
    statements.push(query);
    return executeQuery.call(this, query) as never;
  };
  adapter.rowsOf = function (this: Direct, sql, parameters, room) {
    statements.push({ sql, parameters });
    return rowsOf.call(this, sql, parameters, room);
  };
  try {
    await ask();
  } finally {
    Object.assign(executor, { executeQuery });
    Object.assign(adapter, { rowsOf });
  }
  return statements;
}

/** The object in the chain of prototypes that has the method itself. */
function owner<T extends object>(of: object, method: string): T {
  let found: object = of;
  while (!Object.hasOwn(found, method)) found = Object.getPrototypeOf(found) as object;
  return found as T;
}
