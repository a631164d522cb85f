import { sql } from 'kysely';
import { slot } from '../db/compiled.ts';
import type { JobStatus } from './job-state.ts';

/** Which builds a list shows. At least one of project, pipeline and runner is given; what is absent does not filter. */
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
] as const;

/** What a filter can be made of. */
export type Part = (typeof COLUMNS)[number] | 'retried' | 'status' | 'created_at';

/**
 * The filters that an index answers together, in the order of the pages, the most telling first: all its columns
 * must be given for it to be chosen. What it does not answer is looked for in a bounded scan of its rows.
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
  ['project_id', 'tag'],
  ['project_id', 'created_at'],
  ['project_id'],
];

/** A filter as the statement sees it: the given parts, and the values of its slots. */
export interface Plan {
  driver: ReadonlySet<Part>;
  /** Looked for in a bounded scan of the driver's rows. */
  residual: Part[];
  /** How many are asked for. */
  statuses: number;
  /** The driver is followed by the moment of creation, and pages go by that before the id. */
  byCreation: boolean;
  /** The user is given by name. */
  named: boolean;
  /** Created between these, exclusive. */
  from: Moment;
  to: Moment;
  values: Record<string, unknown>;
  /** Tells apart what the values do not. */
  shape: string;
}

/** A place in the order of creation: no job is at one whose id is FIRST or LAST. */
export interface Moment {
  created_at: number;
  id: number;
}
const [FIRST, LAST] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/** Between which places the jobs are, as the values of a statement's slots; both are exclusive. */
export const between = (from: Moment, to: Moment) => ({
  from_time: from.created_at,
  from_id: from.id,
  to_time: to.created_at,
  to_id: to.id,
});

export function planOf(filter: JobFilter): Plan {
  const values: Record<string, unknown> = {};
  const given = new Set<Part>();
  for (const column of COLUMNS) {
    const value = filter[column];
    if (value === undefined) continue;
    given.add(column);
    values[column] = typeof value === 'boolean' ? Number(value) : value;
  }
  const named = filter.username !== undefined && filter.user_id === undefined;
  if (named) given.add('user_id');
  if (named) values['username'] = filter.username?.toLowerCase();
  const { created_after, created_before } = filter;
  if (created_after !== undefined || created_before !== undefined) given.add('created_at');
  const from = { created_at: created_after ?? FIRST, id: LAST };
  const to = { created_at: created_before ?? LAST, id: FIRST };
  if (filter.include_retried === false) given.add('retried');
  const statuses = [...new Set(filter.statuses)];
  statuses.forEach((status, index) => (values[`status${index}`] = status));
  if (statuses.length > 0) given.add('status');

  const driver = DRIVERS.find((columns) => columns.every((column) => given.has(column)));
  if (!driver) throw new Error('a list of jobs is of a project, a pipeline or a runner');
  const residual = [...given].filter((part) => !driver.includes(part));
  // Stretches of several statuses merge exactly, but a bounded scan of them would stop at several ids.
  const merges = driver.includes('status') && statuses.length > 1 && residual.length > 0;
  const chosen = merges ? driver.filter((column) => column !== 'status') : driver;
  const rest: Part[] = merges ? [...residual, 'status'] : residual;
  return {
    driver: new Set(chosen),
    residual: rest,
    statuses: statuses.length,
    byCreation: chosen.includes('created_at'),
    named,
    from,
    to,
    values: given.has('created_at') ? { ...values, ...between(from, to) } : values,
    shape: `jobs by ${chosen.join()} where ${rest.toSorted().join()} of ${statuses.length} ${named ? 'named' : ''}`,
  };
}

/** Whether the driver's rows are as many stretches of its index as there are statuses. */
export const isMerged = (plan: Plan) => plan.driver.has('status') && plan.statuses > 1;

/** What a row must be for this part of the filter. `status`: the number of the one status meant, of several. */
export function condition(part: Part, plan: Plan, status?: number) {
  if (part === 'retried') return sql<boolean>`retried = 0`;
  if (part === 'created_at')
    return sql<boolean>`(created_at, id) > (${slot('from_time')}, ${slot('from_id')})
      AND (created_at, id) < (${slot('to_time')}, ${slot('to_id')})`;
  if (part === 'user_id' && plan.named)
    return sql<boolean>`user_id = (SELECT users.id FROM users WHERE lower(users.username) = ${slot('username')})`;
  if (part === 'status' && status !== undefined) return sql<boolean>`status = ${slot(`status${status}`)}`;
  if (part === 'status') {
    const statuses = Array.from({ length: plan.statuses }, (_, index) => slot<string>(`status${index}`));
    return sql<boolean>`status IN (${sql.join(statuses)})`;
  }
  return sql<boolean>`${sql.ref(part)} = ${slot(part)}`;
}
