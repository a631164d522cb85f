import type { Static } from 'typebox';
import { isAdmin } from '../access/caller.ts';
import { dayOf } from '../http/day.ts';
import { type PageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import type { Call, Reply } from '../http/route.ts';
import { readRunningJobs } from '../jobs/running-job-store.ts';
import type { Parts } from '../parts.ts';
import { levelsOnRunners, newestManagers, sharedAmongProjects } from '../runners/runner-details-store.ts';
import { countRunners, listRunners, type RunnerRow, type RunnerScope } from '../runners/runner-list-store.ts';
import { runner, type RunnerAtWork, runnerAtWork, type RunnerButton } from './entities/runner.ts';
import { viewerOf } from './reader.ts';
import { runnerFilter } from './runner-filter.ts';

type Where = Pick<Parts, 'db' | 'clock' | 'url'>;
type Asked = Call<PageParams & Parameters<typeof runnerFilter>[0] & { with_running_jobs: boolean }>;

/** A page of the runners of a scope. */
export async function runnersPage(parts: Where, call: Asked, scope: RunnerScope): Promise<Reply> {
  const { db, clock, url } = parts;
  const { params, url: path } = call;
  const now = clock();
  const request = pageRequest(params, 'asc', 'Ci::Runner');
  const filter = runnerFilter(params);
  const [found, total] = await Promise.all([
    listRunners(db.read, scope, filter, request, now),
    request.keyset ? null : countRunners(db.read, scope, filter, now),
  ]);
  const items = params.with_running_jobs
    ? await atWork(parts, call, found.items)
    : found.items.map((row) => runner(row, url(), now, row.creator));
  return pageReply(placeOf(url(), { url: path, params }), request, { ...found, items, total });
}

/** The runners with their machines' versions and what each does now: eight statements more. */
async function atWork(
  { db, clock, url }: Where,
  { caller }: Asked,
  rows: readonly RunnerRow[],
): Promise<Static<typeof RunnerAtWork>[]> {
  const ids = rows.map(({ id }) => id);
  const user_id = isAdmin(caller) ? null : (caller.user?.id ?? 0);
  const [levels, shared, managers, jobs] = await Promise.all([
    user_id === null ? null : levelsOnRunners(db.read, ids, user_id, dayOf(clock())),
    user_id === null ? null : sharedAmongProjects(db.read, ids),
    newestManagers(db.read, ids),
    readRunningJobs(db.read, viewerOf(caller, clock()), ids),
  ]);
  const actionsOn = (row: RunnerRow): RunnerButton[] => {
    if (!mayUpdateRunner(row, levels && (levels.get(row.id) ?? 0))) return [];
    if (row.built_in === 1) return ['update'];
    return shared?.has(row.id) ? ['update', 'reset_token'] : ['update', 'delete', 'reset_token'];
  };
  return rows.map((row) => {
    const whole = { ...row, manager: managers.get(row.id) ?? null };
    return runnerAtWork(whole, jobs.get(row.id) ?? [], actionsOn(row), url(), clock());
  });
}

/** Whether somebody with this level where the runner belongs may change it; null: an administrator. */
export const mayUpdateRunner = (
  { runner_type, built_in }: Pick<RunnerRow, 'runner_type' | 'built_in'>,
  level: number | null,
) => level === null || (built_in === 0 && level >= (runner_type === 'group_type' ? 50 : 40));
