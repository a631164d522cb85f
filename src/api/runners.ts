import { Type } from 'typebox';
import { type Caller, isAdmin } from '../access/caller.ts';
import { apiError } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { commaList } from '../http/parameters.ts';
import { route, type Route } from '../http/route.ts';
import type { JobDetails } from '../jobs/job-details-store.ts';
import { countJobs, listJobs } from '../jobs/job-list-store.ts';
import { JOB_STATUSES } from '../jobs/job-state.ts';
import type { Parts } from '../parts.ts';
import { resetRunnerToken } from '../runners/reset-runner-token.ts';
import { ACCESS_LEVELS, runnerColumns } from '../runners/runner-attributes.ts';
import {
  levelOnRunner,
  listManagers,
  projectsAmong,
  readRunnerDetails,
} from '../runners/runner-details-store.ts';
import {
  deleteRunner,
  findManager,
  findRunner,
  type Runner as Row,
  someProjectsOf,
  updateRunner,
} from '../runners/runner-store.ts';
import { isoOrNull, nullable } from './entities/entity.ts';
import { JobWithProject, jobWithProject } from './entities/job.ts';
import {
  NewToken,
  RunnerDetails,
  RunnerList,
  runnerDetails,
  RunnerManagerDetails,
  runnerManagerDetails,
} from './entities/runner.ts';
import { needOneOf, readerOf } from './reader.ts';
import { isStatusScope, runnerListParams, runnerScopeParam } from './runner-filter.ts';
import { mayUpdateRunner, runnersPage } from './runners-page.ts';

const tag = 'Runners';
const scopes = ['manage_runner'] as const;
const one = { id: Type.Integer() };

const attributes = {
  description: Type.Optional(Type.String()),
  active: Type.Optional(Type.Boolean()),
  paused: Type.Optional(Type.Boolean()),
  tag_list: Type.Optional(commaList()),
  run_untagged: Type.Optional(Type.Boolean()),
  locked: Type.Optional(Type.Boolean()),
  access_level: Type.Optional(Type.Enum([...ACCESS_LEVELS])),
  maximum_timeout: Type.Optional(nullable(Type.Integer({ description: 'Seconds' }))),
  maintenance_note: Type.Optional(Type.String()),
};

/** What the caller may do with a runner. */
export interface RunnerRights {
  row: Row;
  /** Also its jobs and what they show. */
  manages: boolean;
  updates: boolean;
}

/** The runner of this id and what the caller may do with it. @throws 404 when there is none */
export async function runnerOf(
  { db, clock }: Pick<Parts, 'db' | 'clock'>,
  id: number,
  caller: Caller,
): Promise<RunnerRights> {
  const row = await findRunner(db.read, id);
  if (!row) throw apiError('record_not_found');
  if (isAdmin(caller)) return { row, manages: true, updates: true };
  if (!caller.user) return { row, manages: false, updates: false };
  const level = await levelOnRunner(db.read, id, caller.user.id, dayOf(clock()));
  return { row, manages: level >= 40, updates: mayUpdateRunner(row, level) };
}

const noAccess = () => apiError('forbidden_because', 'No access granted');

/** Runners by their own id, and lists of them. */
export function runnerRoutes(parts: Parts): Route[] {
  const { db, clock, url, waiting } = parts;

  const readable = async (id: number, caller: Caller) => {
    const found = await runnerOf(parts, id, caller);
    if (!found.manages && found.row.runner_type !== 'instance_type') throw noAccess();
    return found;
  };
  const updatable = async (id: number, caller: Caller) => {
    const found = await runnerOf(parts, id, caller);
    if (!found.updates) throw noAccess();
    return found.row;
  };
  const viewerOf = (caller: Caller) =>
    isAdmin(caller) || !caller.user ? null : { user_id: caller.user.id, today: dayOf(clock()) };
  const details = async (row: Row, caller: Caller, seesNote: boolean) =>
    runnerDetails(await readRunnerDetails(db.read, row, viewerOf(caller)), url(), clock(), seesNote);

  return [
    route({
      method: 'GET',
      path: '/runners',
      summary: "List the caller's runners",
      tag,
      ability: 'read_runner',
      params: Type.Object({ ...runnerListParams, ...runnerScopeParam, ...pageParams }),
      reply: RunnerList,
      handler: async (call) => {
        if (!isStatusScope(call.params.scope)) throw apiError('plain', 'Scope contains invalid value');
        const user_id = call.caller.user?.id ?? 0;
        return runnersPage(parts, call, { of: 'user', user_id, today: dayOf(clock()) });
      },
    }),
    route({
      method: 'GET',
      path: '/runners/all',
      summary: 'List all runners',
      tag,
      ability: 'admin_runners',
      params: Type.Object({ ...runnerListParams, ...runnerScopeParam, ...pageParams }),
      reply: RunnerList,
      handler: async (call) => runnersPage(parts, call, { of: 'instance' }),
    }),
    route({
      method: 'GET',
      path: '/runners/:id',
      summary: 'Get a runner',
      tag,
      ability: 'read_runner',
      scopes,
      params: Type.Object(one),
      reply: RunnerDetails,
      handler: async ({ params, caller }) => {
        const { row, updates } = await readable(params.id, caller);
        return details(row, caller, updates);
      },
    }),
    route({
      method: 'GET',
      path: '/runners/:id/managers',
      summary: 'List the machines of a runner',
      tag,
      ability: 'read_runner',
      scopes,
      params: Type.Object(one),
      reply: Type.Array(RunnerManagerDetails),
      handler: async ({ params, caller }) => {
        await readable(params.id, caller);
        const now = clock();
        return (await listManagers(db.read, params.id)).map((row) => runnerManagerDetails(row, now));
      },
    }),
    route({
      method: 'PUT',
      path: '/runners/:id',
      summary: 'Change a runner',
      tag,
      ability: 'update_runner',
      scopes,
      params: Type.Object({ ...one, ...attributes }),
      reply: RunnerDetails,
      handler: async ({ params: { id, ...given }, caller }) => {
        needOneOf(given, Object.keys(attributes));
        const row = await updatable(id, caller);
        const columns = { ...runnerColumns(given, row), updated_at: clock() };
        await db.write((tx) => updateRunner(tx, id, columns));
        waiting.release(id);
        return details({ ...row, ...columns }, caller, true);
      },
    }),
    route({
      method: 'DELETE',
      path: '/runners/:id',
      summary: 'Remove a runner',
      tag,
      ability: 'update_runner',
      scopes,
      params: Type.Object(one),
      reply: null,
      handler: async ({ params: { id }, caller }) => {
        const { row, updates } = await runnerOf(parts, id, caller);
        if (!isAdmin(caller) && (await someProjectsOf(db.read, id)).length > 1)
          throw apiError('forbidden_because', 'Runner associated with more than one project');
        if (!updates) throw noAccess();
        refuseBuiltIn(row);
        await db.write((tx) => deleteRunner(tx, id));
        waiting.release(id);
      },
    }),
    route({
      method: 'POST',
      path: '/runners/:id/reset_authentication_token',
      summary: 'Give a runner a new token',
      tag,
      ability: 'update_runner',
      scopes,
      params: Type.Object(one),
      reply: NewToken,
      handler: async ({ params: { id }, caller }) => {
        const row = await updatable(id, caller);
        refuseBuiltIn(row);
        const isLegacy = row.registration_type === 'registration_token';
        const { token, token_expires_at } = await resetRunnerToken(db, row, isLegacy, null, clock());
        waiting.release(id);
        return { token, token_expires_at: isoOrNull(token_expires_at) };
      },
    }),
    route({
      method: 'GET',
      path: '/runners/:id/jobs',
      summary: 'List the jobs a runner has, or had',
      tag,
      ability: 'read_runner',
      scopes,
      params: Type.Object({
        ...one,
        status: Type.Optional(Type.Enum([...JOB_STATUSES])),
        system_id: Type.Optional(Type.String()),
        ...pageParams,
        order_by: Type.Optional(Type.Enum(['id'])),
      }),
      reply: Type.Array(JobWithProject),
      handler: async ({ params, caller, url: path }) => {
        const { manages, row } = await runnerOf(parts, params.id, caller);
        if (!manages) throw noAccess();
        const { status, system_id } = params;
        const manager = system_id === undefined ? null : await findManager(db.read, row.id, system_id);
        const request = pageRequest(params, 'desc', 'Ci::Build');
        const filter = {
          runner_id: row.id,
          ...(status ? { statuses: [status] } : {}),
          ...(system_id === undefined ? {} : { runner_manager_id: manager?.id ?? 0 }),
        };
        const viewer = viewerOf(caller);
        const [found, total] = await Promise.all([
          listJobs(db.read, filter, request),
          // How many jobs others' projects have on it is theirs to know.
          request.keyset || viewer ? null : countJobs(db.read, filter),
        ]);
        const items = await shownJobs(found.items, viewer, caller);
        return pageReply(placeOf(url(), { url: path, params }), request, { ...found, items, total });
      },
    }),
  ];

  async function shownJobs(jobs: JobDetails[], viewer: ReturnType<typeof viewerOf>, caller: Caller) {
    const ids = [...new Set(jobs.map(({ project_id }) => project_id))];
    const projects = new Map((await projectsAmong(db.read, ids, viewer)).map((row) => [row.id, row]));
    const around = { url: url(), now: clock(), caller: readerOf(caller) };
    return jobs.flatMap((job) => {
      const project = projects.get(job.project_id);
      return project ? [jobWithProject(job, project, around)] : [];
    });
  }
}

/** It belongs to the server, which gives it its token at each start. */
function refuseBuiltIn(row: Row): void {
  if (row.built_in === 1)
    throw apiError('forbidden_because', 'The built-in runner is switched with --runner on|off');
}
