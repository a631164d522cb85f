import { type Insertable, type Selectable, sql } from 'kysely';
import { listSlot, runCompiled, asStatement } from './compiled.ts';
import type { Transaction } from './database.ts';
import type { Tables } from './schema.ts';

/** Rows in one statement: few lengths, so that each is compiled once. */
const LENGTHS = [128, 16, 4, 1];

/**
 * Inserts rows, all with the columns of the first, and answers these columns of each, in no order to rely on. To
 * build a statement of a thousand rows costs more than to run it, so there are statements of a few lengths, which
 * are built once.
 */
export async function insertRows<
  Name extends keyof Tables,
  Returned extends keyof Selectable<Tables[Name]> & string,
>(
  tx: Transaction,
  table: Name,
  rows: readonly Insertable<Tables[Name]>[],
  returning: readonly Returned[],
): Promise<Pick<Selectable<Tables[Name]>, Returned>[]> {
  const columns = Object.keys(rows[0] ?? {});
  const answered: Pick<Selectable<Tables[Name]>, Returned>[] = [];
  for (let from = 0; from < rows.length;) {
    const length = LENGTHS.find((each) => each <= rows.length - from) ?? 1;
    const some = rows.slice(from, from + length) as Record<string, unknown>[];
    from += length;
    const values = Object.fromEntries(columns.map((column) => [column, some.map((row) => row[column])]));
    const rowOf = (index: number) => sql`(${sql.join(columns.map((column) => listSlot(column, index)))})`;
    const build = () =>
      asStatement<(typeof answered)[number]>(
        tx,
        sql`INSERT INTO ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
          VALUES ${sql.join(some.map((_, index) => rowOf(index)))}
          RETURNING ${sql.join(returning.map((column) => sql.ref(column)))}`,
      );
    const shape = `insert ${length} ${table}: ${columns.join()} for ${returning.join()}`;
    answered.push(...(await runCompiled(tx, shape, build, values)));
  }
  return answered;
}
