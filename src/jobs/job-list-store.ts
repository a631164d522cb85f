import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import type { Tables } from '../db/schema.ts';
import { type JobDetails, readJobDetails } from './job-details-store.ts';
import {
  between,
  condition,
  isMerged,
  type JobFilter,
  type Moment,
  type Plan,
  planOf,
} from './job-filter-store.ts';
import { LongLists } from './long-lists.ts';

/** `limit` jobs by id, behind the id `after`, or from `offset` on. */
export interface JobPageRequest {
  sort: 'asc' | 'desc';
  limit: number;
  offset: number;
  after: number | null;
}

export interface JobPage {
  items: JobDetails[];
  /** The id to continue behind; null at the end. */
  next: number | null;
  /** The page is short because so many rows were looked at: what is left is found behind `next`, by keyset. */
  bounded: boolean;
}

/** Rows looked at for one page, or counted for a total, when no index answers the filter alone. */
export const SCANNED = 10_000;

/**
 * The jobs of a page: a constant number of statements, over an index or a scan of SCANNED rows. They come by id;
 * where nothing but the moment of creation narrows a project's list, by that moment and then by id.
 */
export async function listJobs(
  db: Kysely<Tables>,
  filter: JobFilter,
  request: JobPageRequest,
): Promise<JobPage> {
  const plan = planOf(filter);
  const shape = `${plan.shape} ${request.after === null ? '' : 'behind'} ${request.sort}`;
  const values = {
    ...plan.values,
    ...(await placeOf(db, plan, request)),
    limit: request.limit + 1,
    offset: request.offset,
    until: request.offset + request.limit + 1,
    scanned: SCANNED,
  };
  const { jobs: items, hasMore } = await readJobDetails(
    db,
    shape,
    (rows) => pageOf(db, rows, plan, request),
    values,
    request.limit,
  );
  if (hasMore) return { items, next: items.at(-1)?.id ?? null, bounded: false };
  const next = plan.residual.length === 0 ? null : await scannedUntil(db, plan, request, shape, values);
  return { items, next, bounded: next !== null };
}

const long = new LongLists();

/** How many jobs there are, null when there are more than SCANNED or finding out would take a longer scan. */
export async function countJobs(db: Kysely<Tables>, filter: JobFilter): Promise<number | null> {
  const plan = planOf(filter);
  return await long.count(db, plan.shape + JSON.stringify(plan.values), SCANNED, async (bound) => {
    const entries = await countScan(db, { ...plan, residual: [] }, bound);
    return entries > SCANNED || plan.residual.length === 0 ? entries : await countScan(db, plan, bound);
  });
}

async function countScan(db: Kysely<Tables>, plan: Plan, bound: number): Promise<number> {
  const all: JobPageRequest = { sort: 'desc', limit: bound, offset: 0, after: null };
  const build = () =>
    matching(db, plan, scan(db, plan, all, slot('bound'))).select((eb) =>
      eb.fn.countAll<number>().as('found'),
    );
  const [row] = await runCompiled(db, `count ${plan.shape} ${plan.residual.length}`, build, {
    ...plan.values,
    bound,
  });
  return Number(row?.found ?? 0);
}

/** The columns that pages go by. */
const columnsOf = (plan: Plan) => (plan.byCreation ? (['created_at', 'id'] as const) : (['id'] as const));

/** The rows of the page: straight from the index where it answers the filter alone, else those of a scan. */
function pageOf<Row>(
  db: Kysely<Tables>,
  rows: JobRows<Row>,
  plan: Plan,
  request: JobPageRequest,
): JobRows<Row> {
  if (plan.residual.length === 0 && !isMerged(plan))
    return inOrder(driven(rows, plan, request), plan, request)
      .limit(LIMIT)
      .offset(OFFSET);
  const bound = slot<number>(plan.residual.length === 0 ? 'until' : 'scanned');
  const ids = matching(db, plan, scan(db, plan, request, bound)).select('id');
  const page = inOrder(ids, plan, request).limit(LIMIT).offset(OFFSET);
  return inOrder(rows.where('id', 'in', page), plan, request);
}

const [LIMIT, OFFSET] = [slot<number>('limit'), slot<number>('offset')];
type JobRows<Row> = SelectQueryBuilder<Tables, 'jobs', Row>;

/** The builds of the driving index, behind where the page begins. */
function driven<Row>(rows: JobRows<Row>, plan: Plan, request: JobPageRequest, status = 0): JobRows<Row> {
  let found = rows.where(sql<boolean>`kind = 'build'`);
  for (const part of plan.driver) found = found.where(condition(part, plan, status));
  // In the order of creation the place is part of the condition.
  if (request.after === null || plan.byCreation) return found;
  return found.where('id', request.sort === 'asc' ? '>' : '<', slot<number>('after'));
}

function inOrder<DB, TB extends keyof DB, Row>(
  rows: SelectQueryBuilder<DB, TB, Row>,
  plan: Plan,
  { sort }: JobPageRequest,
): SelectQueryBuilder<DB, TB, Row> {
  return columnsOf(plan).reduce((ordered, column) => ordered.orderBy(sql.ref(column), sort), rows);
}

type Scan = ReturnType<typeof stretch>;

/** Those of the scanned rows that are what else the filter says. */
function matching(db: Kysely<Tables>, plan: Plan, rows: Scan) {
  let found = db.selectFrom(rows.as('scanned'));
  for (const part of plan.residual) found = found.where(condition(part, plan));
  return found;
}

/** The first `bound` rows of the driving index. Several statuses are as many stretches of it, merged. */
function scan(db: Kysely<Tables>, plan: Plan, request: JobPageRequest, bound: RawBuilder<number>): Scan {
  if (!isMerged(plan)) return stretch(db, plan, request, bound);
  const stretches = Array.from({ length: plan.statuses }, (_, index) =>
    db.selectFrom(stretch(db, plan, request, bound, index).as(`stretch${index}`)).selectAll(),
  );
  const [first, ...others] = stretches;
  if (!first) throw new Error('no status');
  return others.reduce((union, each) => union.unionAll(each), first) as unknown as Scan;
}

/** The first `bound` rows of one status, or of all of them. */
function stretch(
  db: Kysely<Tables>,
  plan: Plan,
  request: JobPageRequest,
  bound: RawBuilder<number>,
  status = 0,
) {
  const columns = new Set(plan.byCreation ? (['created_at', ...plan.residual] as const) : plan.residual);
  const rows = db.selectFrom('jobs').select(['id', ...columns]);
  return inOrder(driven(rows, plan, request, status), plan, request).limit(bound);
}

/** Behind which place a page begins, as values of its statement. */
async function placeOf(
  db: Kysely<Tables>,
  { byCreation, from, to, values }: Plan,
  { after, sort }: JobPageRequest,
): Promise<Record<string, unknown>> {
  if (after === null) return {};
  if (!byCreation) return { after };
  // The job itself may be gone: then the place is that of the next one.
  const build = () =>
    db
      .selectFrom('jobs')
      .select('created_at')
      .where('project_id', '=', slot<number>('project_id'))
      .where(sql<boolean>`kind = 'build'`)
      .where('id', sort === 'asc' ? '>=' : '<=', slot<number>('after'))
      .orderBy('id', sort)
      .limit(1);
  const { project_id } = values;
  const [row] = await runCompiled(db, `moment of a job ${sort}`, build, { project_id, after });
  if (!row) return between(to, to);
  const place = { created_at: row.created_at, id: after };
  return sort === 'asc'
    ? between(later(from, place), to)
    : between(from, later(place, to) === to ? place : to);
}

const later = (one: Moment, other: Moment) =>
  one.created_at > other.created_at || (one.created_at === other.created_at && one.id > other.id)
    ? one
    : other;

/** The id at which the scan of a page stopped, null when it came to the end of its rows. */
async function scannedUntil(
  db: Kysely<Tables>,
  plan: Plan,
  request: JobPageRequest,
  shape: string,
  values: Record<string, unknown>,
): Promise<number | null> {
  const last = slot<number>('last');
  const build = () => stretch(db, { ...plan, residual: [] }, request, sql.lit(1)).offset(last);
  const [row] = await runCompiled(db, `until ${shape}`, build, { ...values, last: SCANNED - 1 });
  return row?.id ?? null;
}
