import { type Kysely, sql } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import type { Tables } from '../db/schema.ts';
import { type JobDetails, readJobDetails } from './job-details-store.ts';
import type { JobStatus } from './job-state.ts';

/** Which jobs a list shows. At least one of project, pipeline and runner is given; what is absent does not filter. */
export interface JobFilter {
  project_id?: number;
  pipeline_id?: number;
  runner_id?: number;
  runner_manager_id?: number;
  /** Any of them. Empty: none is asked for, so all. */
  statuses?: readonly JobStatus[];
  name?: string;
  stage?: string;
  ref?: string;
  /** Whether the job ran for a tag. */
  tag?: boolean;
  failure_reason?: string;
  user_id?: number;
  username?: string;
  /** Milliseconds, exclusive. */
  created_after?: number;
  created_before?: number;
  /** True unless said: retried jobs are listed too. */
  include_retried?: boolean;
}

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

type Column =
  | 'project_id'
  | 'pipeline_id'
  | 'runner_id'
  | 'runner_manager_id'
  | 'name'
  | 'stage'
  | 'ref'
  | 'tag'
  | 'failure_reason'
  | 'user_id';

/** What a filter can be made of. */
type Part = Column | 'retried' | 'status' | 'created_after' | 'created_before';

/**
 * The filters that an index answers together, in id order, the most telling first: all its columns must
 * be given for it to be chosen. What it does not answer is looked for in a bounded scan of its rows.
 */
const DRIVERS: readonly (readonly Part[])[] = [
  ['pipeline_id', 'retried'],
  ['pipeline_id'],
  ['project_id', 'runner_id'],
  ['runner_id'],
  ['project_id', 'failure_reason'],
  ['project_id', 'name'],
  ['project_id', 'user_id'],
  ['project_id', 'ref'],
  ['project_id', 'stage'],
  ['project_id', 'status'],
  ['project_id'],
];

const COLUMNS = [
  'project_id',
  'pipeline_id',
  'runner_id',
  'runner_manager_id',
  'name',
  'stage',
  'ref',
  'tag',
  'failure_reason',
  'user_id',
] as const satisfies Column[];

/** A filter as the statement sees it: the given parts, by name, and the values of its slots. */
interface Plan {
  driver: ReadonlySet<Part>;
  residual: Part[];
  statuses: number;
  values: Record<string, unknown>;
  shape: string;
}

function planOf(filter: JobFilter): Plan {
  const values: Record<string, unknown> = {};
  const given = new Set<Part>();
  const give = (part: Part, value: unknown) => {
    given.add(part);
    values[part] = value;
  };
  for (const column of COLUMNS) {
    const value = filter[column];
    if (value !== undefined) give(column, typeof value === 'boolean' ? Number(value) : value);
  }
  if (filter.username !== undefined && filter.user_id === undefined) give('user_id', null);
  if (filter.username !== undefined) values['username'] = filter.username.toLowerCase();
  if (filter.created_after !== undefined) give('created_after', filter.created_after);
  if (filter.created_before !== undefined) give('created_before', filter.created_before);
  if (filter.include_retried === false) given.add('retried');
  const statuses = [...new Set(filter.statuses)];
  statuses.forEach((status, index) => (values[`status${index}`] = status));
  if (statuses.length > 0) given.add('status');

  const driver = DRIVERS.find((columns) => columns.every((column) => given.has(column)));
  if (!driver) throw new Error('a list of jobs is of a project, a pipeline or a runner');
  const residual = [...given].filter((part) => !driver.some((column) => column === part));
  // Stretches of several statuses merge exactly, but a bounded scan of them would stop at several ids.
  const merges = driver.includes('status') && statuses.length > 1 && residual.length > 0;
  const chosen = merges ? driver.filter((column) => column !== 'status') : driver;
  const rest: Part[] = merges ? [...residual, 'status'] : residual;
  const named = filter.username !== undefined && filter.user_id === undefined ? 'named' : '';
  return {
    driver: new Set(chosen),
    residual: rest,
    statuses: statuses.length,
    values,
    shape: `jobs by ${[...chosen].join()} where ${rest.toSorted().join()} of ${statuses.length} ${named}`,
  };
}

/** The jobs of a page: four statements at most, over an index or a scan of SCANNED rows. */
export async function listJobs(
  db: Kysely<Tables>,
  filter: JobFilter,
  request: JobPageRequest,
): Promise<JobPage> {
  const plan = planOf(filter);
  const cursor = request.after === null ? '' : 'behind';
  const shape = `${plan.shape} ${cursor} ${request.sort}`;
  const values = {
    ...plan.values,
    after: request.after,
    limit: request.limit + 1,
    offset: request.offset,
    until: request.offset + request.limit + 1,
    scanned: SCANNED,
  };
  const found = await readJobDetails(
    db,
    shape,
    () => pageQuery(db, plan, filter, request),
    values,
    request.sort,
  );
  const items = found.slice(0, request.limit);
  if (found.length > request.limit) return { items, next: items.at(-1)?.id ?? null, bounded: false };
  const next =
    plan.residual.length === 0 ? null : await scannedUntil(db, plan, filter, request, shape, values);
  return { items, next, bounded: next !== null };
}

/** How many jobs there are, null when there are more than SCANNED or finding out would take a longer scan. */
export async function countJobs(db: Kysely<Tables>, filter: JobFilter): Promise<number | null> {
  const plan = planOf(filter);
  const request: JobPageRequest = { sort: 'desc', limit: SCANNED, offset: 0, after: null };
  const values = { ...plan.values, bound: SCANNED + 1, most: SCANNED };
  const scanOf = (seen: Plan) =>
    db.selectFrom(scan(db, seen, filter, request, slot('bound')).as('scanned')).select('id');
  // To pass over the entries of an index takes a fraction of what it takes to look at their rows.
  const entries = { ...plan, residual: [] };
  const most = slot<number>('most');
  const passOver = () =>
    isMerged(plan)
      ? scanOf(entries).limit(1).offset(most)
      : stretch(db, entries, filter, request, most).limit(1).offset(most);
  const beyond = await runCompiled(db, `more ${plan.shape}`, passOver, values);
  if (beyond.length > 0) return null;
  const build = () => {
    let rows = scanOf(plan)
      .clearSelect()
      .select((eb) => eb.fn.countAll<number>().as('found'));
    for (const part of plan.residual) rows = rows.where(condition(part, filter, plan));
    return rows;
  };
  const [row] = await runCompiled(db, `count ${plan.shape}`, build, values);
  return Number(row?.found ?? 0);
}

function pageQuery(db: Kysely<Tables>, plan: Plan, filter: JobFilter, request: JobPageRequest) {
  if (plan.residual.length === 0) {
    const rows = scan(db, plan, filter, request, slot('until'));
    return db
      .selectFrom(rows.as('scanned'))
      .select('id')
      .orderBy('id', request.sort)
      .limit(slot<number>('limit'))
      .offset(slot<number>('offset'));
  }
  let page = db.selectFrom(scan(db, plan, filter, request, slot('scanned')).as('scanned')).select('id');
  for (const part of plan.residual) page = page.where(condition(part, filter, plan));
  return page.orderBy('id', request.sort).limit(slot<number>('limit')).offset(slot<number>('offset'));
}

type Bound = ReturnType<typeof slot<number>>;

/** The first `bound` rows of the driving index. Several statuses are as many stretches of it, merged. */
function scan(db: Kysely<Tables>, plan: Plan, filter: JobFilter, request: JobPageRequest, bound: Bound) {
  if (!isMerged(plan)) return stretch(db, plan, filter, request, bound);
  const stretches = Array.from({ length: plan.statuses }, (_, index) =>
    db.selectFrom(stretch(db, plan, filter, request, bound, index).as(`stretch${index}`)).selectAll(),
  );
  const [first, ...others] = stretches;
  if (!first) throw new Error('no status');
  return others.reduce((union, each) => union.unionAll(each), first);
}

const isMerged = (plan: Plan) => plan.driver.has('status') && plan.statuses > 1;

/** The first `bound` rows of one status, or of all of them. */
function stretch(
  db: Kysely<Tables>,
  plan: Plan,
  filter: JobFilter,
  request: JobPageRequest,
  bound: Bound,
  status = 0,
) {
  let rows = db.selectFrom('jobs').select(['id', ...new Set(plan.residual.map(columnOf))]);
  for (const part of plan.driver) {
    if (part === 'status') rows = rows.where('status', '=', slot<string>(`status${status}`));
    else rows = rows.where(condition(part, filter, plan));
  }
  if (request.after !== null)
    rows = rows.where('id', request.sort === 'asc' ? '>' : '<', slot<number>('after'));
  return rows.orderBy('id', request.sort).limit(bound);
}

/** The column that a part of a filter looks at. */
function columnOf(part: Part): Column | 'retried' | 'status' | 'created_at' {
  return part === 'created_after' || part === 'created_before' ? 'created_at' : part;
}

function condition(part: Part, filter: JobFilter, plan: Plan) {
  if (part === 'retried') return sql<boolean>`retried = 0`;
  if (part === 'created_after') return sql<boolean>`created_at > ${slot('created_after')}`;
  if (part === 'created_before') return sql<boolean>`created_at < ${slot('created_before')}`;
  if (part === 'user_id' && filter.username !== undefined && filter.user_id === undefined)
    return sql<boolean>`user_id = (SELECT users.id FROM users WHERE lower(users.username) = ${slot('username')})`;
  if (part === 'status') {
    const statuses = Array.from({ length: plan.statuses }, (_, index) => slot<string>(`status${index}`));
    return sql<boolean>`status IN (${sql.join(statuses)})`;
  }
  return sql<boolean>`${sql.ref(part)} = ${slot(part)}`;
}

/** The id at which the scan of a page stopped, null when it came to the end of its rows. */
async function scannedUntil(
  db: Kysely<Tables>,
  plan: Plan,
  filter: JobFilter,
  request: JobPageRequest,
  shape: string,
  values: Record<string, unknown>,
): Promise<number | null> {
  const build = () => {
    let rows = db.selectFrom('jobs').select('id');
    for (const part of plan.driver)
      rows = rows.where(
        part === 'status' ? sql<boolean>`status = ${slot('status0')}` : condition(part, filter, plan),
      );
    if (request.after !== null)
      rows = rows.where('id', request.sort === 'asc' ? '>' : '<', slot<number>('after'));
    return rows.orderBy('id', request.sort).limit(1).offset(slot<number>('last'));
  };
  const [row] = await runCompiled(db, `until ${shape}`, build, { ...values, last: SCANNED - 1 });
  return row?.id ?? null;
}
