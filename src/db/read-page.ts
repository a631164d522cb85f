import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { Tables } from './schema.ts';

/** Rows counted for a list's total; a list that has more is answered without one. */
const COUNTED = 10_000;

/** Which rows of a list are wanted: `limit` of them by id behind `after`, or from `offset` on. */
export interface PageRequest {
  keyset: boolean;
  sort: 'asc' | 'desc';
  limit: number;
  offset: number;
  /** Exclusive; null for the first page. */
  after: number | null;
}

/** What was found. `next` is the id to continue behind, null at the end; `total` null when not counted. */
export interface Page<T> {
  items: T[];
  next: number | null;
  total: number | null;
}

/**
 * Reads a page of `rows`, and counts them where pages have numbers. `id` names the column that pages go by;
 * numbered pages may have an order before it.
 */
export async function readPage<DB, TB extends keyof DB, Row extends object>(
  db: Kysely<Tables>,
  rows: SelectQueryBuilder<DB, TB, Row>,
  request: PageRequest,
  id: { column: string; of: (row: Row) => number },
  order?: string,
): Promise<Page<Row>> {
  const column: RawBuilder<number> = sql.ref<number>(id.column);
  let page = rows;
  if (request.after !== null)
    page = page.where(
      sql<boolean>`${column} ${sql.raw(request.sort === 'asc' ? '>' : '<')} ${request.after}`,
    );
  if (order !== undefined && !request.keyset) page = page.orderBy(sql.ref(order), request.sort);
  const found = await page
    .orderBy(column, request.sort)
    .limit(request.limit + 1)
    .offset(request.offset)
    .execute();
  const items = found.slice(0, request.limit);
  const last = items.at(-1);
  const next = found.length > request.limit && last ? id.of(last) : null;
  return { items, next, total: request.keyset ? null : await countUpTo(db, rows) };
}

/** How many there are; null above COUNTED. */
export async function countUpTo<DB, TB extends keyof DB, Row>(
  db: Kysely<Tables>,
  rows: SelectQueryBuilder<DB, TB, Row>,
): Promise<number | null> {
  const some = rows
    .clearSelect()
    .clearOrderBy()
    .select(sql<number>`1`.as('one'))
    .limit(COUNTED + 1);
  const { count } = await db
    .selectFrom(some.as('some'))
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count) > COUNTED ? null : Number(count);
}

/** Whether one of the columns holds the text, whatever the case. */
export function contains(columns: readonly string[], text: string): RawBuilder<boolean> {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const each = columns.map((name) => sql`lower(${sql.ref(name)}) LIKE ${pattern} ESCAPE '\\'`);
  return sql<boolean>`(${sql.join(each, sql` OR `)})`;
}
