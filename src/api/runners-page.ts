import type { Static } from 'typebox';
import { type PageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import type { Call, Reply } from '../http/route.ts';
import { readRunningJobs } from '../jobs/running-job-store.ts';
import type { Parts } from '../parts.ts';
import { newestManagers } from '../runners/runner-details-store.ts';
import { countRunners, listRunners, type RunnerRow, type RunnerScope } from '../runners/runner-list-store.ts';
import { runner, type RunnerAtWork, runnerAtWork } from './entities/runner.ts';
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

/** The runners with their machines' versions and what each does now: six statements more. */
async function atWork(
  { db, clock, url }: Where,
  { caller }: Asked,
  rows: readonly RunnerRow[],
): Promise<Static<typeof RunnerAtWork>[]> {
  const ids = rows.map(({ id }) => id);
  const [managers, jobs] = await Promise.all([
    newestManagers(db.read, ids),
    readRunningJobs(db.read, viewerOf(caller, clock()), ids),
  ]);
  return rows.map((row) =>
    runnerAtWork({ ...row, manager: managers.get(row.id) ?? null }, jobs.get(row.id) ?? [], url(), clock()),
  );
}
