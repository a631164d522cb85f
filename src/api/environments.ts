import { type Static, Type } from 'typebox';
import type { Caller } from '../access/caller.ts';
import { lastDeployment } from '../environments/deployment-store.ts';
import { TIERS } from '../ci/environment-words.ts';
import { nameProblems, urlProblems } from '../environments/environment-name.ts';
import {
  deleteStoppedEnvironment,
  type Environment as Row,
  findEnvironment,
  insertEnvironment,
  listEnvironments,
  staleEnvironments,
  STATES,
  stoppedReviewApps,
  updateEnvironmentRow,
} from '../environments/environment-store.ts';
import { ApiError, apiError, badParameters, invalidRecord } from '../errors.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import {
  deleteEnvironmentAt,
  stopActions,
  stopEnvironment,
  stopEnvironmentAt,
} from '../pipelines/stop-environment.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';
import { presentDeployments } from './deployments.ts';
import { Message } from './entities/entity.ts';
import {
  Environment,
  EnvironmentDetails,
  environmentOf,
  ScheduledEnvironments,
} from './entities/environment.ts';
import { environmentBasic } from './entities/environment-basic.ts';
import { userOf } from './job-actions.ts';
import { momentOf } from './job-filter.ts';
import { archivedBefore } from './jobs.ts';
import { presentSimply } from './present-projects.ts';

const tag = 'Environments';
const DAY_MS = 86_400_000;
const SHORTEST_SEARCH = 3;
/** How long a review app that somebody deletes is still there, as in GitLab. */
const KEPT_MS = 7 * DAY_MS;
const BATCH = 100;

const one = { id: subjectId, environment_id: recordId() };
const fields = {
  external_url: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  tier: Type.Optional(Type.Enum([...TIERS])),
  slug: Type.Optional(Type.Unknown({ description: 'Not taken: it is made of the name' })),
};
const Fields = Type.Object(fields);

/** Where jobs deploy to. */
export function environmentRoutes(parts: Parts): Route[] {
  const { db, clock, url } = parts;
  const writes = { tag, jobToken: true } as const;
  const reads = {
    method: 'GET',
    tag,
    ability: 'read_environment',
    authenticate: true,
    jobToken: true,
  } as const;

  const present = async (caller: Caller, project: Project, rows: readonly Row[]) => {
    const [shown] = await presentSimply({ db, url: url(), caller, now: clock() }, [project]);
    // Deleted with its namespace meanwhile.
    if (!shown) throw apiError('record_not_found');
    return rows.map((row) => ({ ...environmentOf(row), project: shown }));
  };
  const presentOne = async (caller: Caller, project: Project, row: Row | null) => {
    const [shown] = row ? await present(caller, project, [row]) : [];
    if (!shown) throw apiError('record_not_found');
    return shown;
  };
  const environmentIn = async (project: Project, id: number) => {
    const row = await findEnvironment(db.read, project.id, id);
    if (!row) throw apiError('record_not_found');
    return row;
  };

  return [
    projectRoute({
      ...reads,
      path: '/projects/:id/environments',
      summary: 'List the environments of a project',
      params: Type.Object({
        ...pageParams,
        id: subjectId,
        name: Type.Optional(Type.String()),
        search: Type.Optional(Type.String({ description: 'At least three characters' })),
        states: Type.Optional(Type.Enum([...STATES])),
      }),
      reply: Type.Array(Environment),
      handler: async (call) => {
        const { params, project, caller } = call;
        const { name, search, states } = params;
        if (name !== undefined && search !== undefined)
          throw badParameters(['name, search cannot be used together']);
        if (search && search.length < SHORTEST_SEARCH)
          throw apiError('bad_request_because', `Search query is less than ${SHORTEST_SEARCH} characters`);
        const request = pageRequest(params, 'asc', 'Environment');
        const filter = {
          project_id: project.id,
          ...(name === undefined ? {} : { name }),
          ...(search ? { search } : {}),
          ...(states === undefined ? {} : { state: states }),
        };
        const found = await listEnvironments(db.read, filter, request);
        return pageReply(placeOf(url(), call), request, {
          ...found,
          items: await present(caller, project, found.items),
        });
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/environments/:environment_id',
      summary: 'Get an environment with what is deployed there',
      params: Type.Object(one),
      reply: EnvironmentDetails,
      handler: async (call) => {
        const row = await environmentIn(call.project, call.params.environment_id);
        const last = await lastDeployment(db.read, row.id);
        const [shown] = await presentDeployments(parts, call, last ? [last] : []);
        if (!shown) return { ...environmentOf(row), last_deployment: null };
        // As GitLab: not what stands around it already.
        const { environment: _, ...last_deployment } = shown;
        return { ...environmentOf(row), last_deployment };
      },
    }),
    projectRoute({
      ...writes,
      method: 'POST',
      path: '/projects/:id/environments',
      summary: 'Create an environment',
      ability: 'create_environment',
      params: Type.Object({ ...fields, id: subjectId, name: Type.String() }),
      reply: Environment,
      handler: async ({ params, project, caller }) => {
        const { name, ...given } = params;
        const values = valuesOf(given);
        const problems = nameProblems(name);
        if (problems.length > 0) throw invalidRecord({ name: problems });
        const row = await db.write((tx) => insertEnvironment(tx, project.id, { name, ...values }, clock()));
        if (!row) throw invalidRecord({ name: ['has already been taken'] });
        return presentOne(caller, project, row);
      },
    }),
    projectRoute({
      ...writes,
      method: 'PUT',
      path: '/projects/:id/environments/:environment_id',
      summary: 'Change an environment',
      ability: 'update_environment',
      params: Type.Object({ ...fields, ...one }),
      reply: Environment,
      handler: async ({ params, project, caller }) => {
        const { id } = await environmentIn(project, params.environment_id);
        const values = { ...valuesOf(params), updated_at: clock() };
        const row = await db.write((tx) => updateEnvironmentRow(tx, id, values));
        return presentOne(caller, project, row);
      },
    }),
    projectRoute({
      ...writes,
      method: 'DELETE',
      path: '/projects/:id/environments/review_apps',
      summary: 'Delete stopped review apps in a week; by default only says which',
      ability: 'destroy_environment',
      status: 200,
      params: Type.Object({
        id: subjectId,
        before: Type.Optional(Type.String({ description: 'ISO 8601; 30 days ago' })),
        limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
        dry_run: Type.Boolean({ default: true }),
      }),
      reply: ScheduledEnvironments,
      handler: async ({ params, project }) => {
        const now = clock();
        const before = momentOf('before', params.before) ?? now - 30 * DAY_MS;
        const rows = await stoppedReviewApps(db.read, project.id, before, params.limit);
        if (rows.length === 0) throw new ApiError(400, NOTHING_TO_DELETE);
        if (!params.dry_run)
          await db.write(async (tx) => {
            for (const { id } of rows) await deleteEnvironmentAt(tx, id, now + KEPT_MS);
          });
        return { scheduled_entries: rows.map(environmentBasic), unprocessable_entries: [] };
      },
    }),
    projectRoute({
      ...writes,
      method: 'DELETE',
      path: '/projects/:id/environments/:environment_id',
      summary: 'Delete a stopped environment with its deployments',
      ability: 'destroy_environment',
      params: Type.Object(one),
      reply: null,
      handler: async ({ params, project }) => {
        const { id } = await environmentIn(project, params.environment_id);
        if (!(await db.write((tx) => deleteStoppedEnvironment(tx, id)))) throw apiError('forbidden');
      },
    }),
    projectRoute({
      ...writes,
      method: 'POST',
      path: '/projects/:id/environments/stop_stale',
      summary: 'Stop the environments that nothing has happened to for long',
      ability: 'stop_environment',
      status: 200,
      params: Type.Object({ id: subjectId, before: Type.String({ description: 'ISO 8601' }) }),
      reply: Message,
      handler: async ({ params, project }) => {
        const now = clock();
        const before = momentOf('before', params.before);
        if (before === undefined) throw badParameters(['before is invalid']);
        if (before < now - 3653 * DAY_MS || before > now - 7 * DAY_MS)
          throw apiError('bad_request_because', 'Invalid Date');
        for (let after = 0; ;) {
          const stale = await staleEnvironments(db.read, project.id, before, after, BATCH);
          await db.write(async (tx) => {
            for (const { id } of stale) await stopEnvironmentAt(tx, id, now, { always: true });
          });
          after = stale.at(-1)?.id ?? after;
          if (stale.length < BATCH) break;
        }
        return { message: 'Successfully scheduled stale environments to stop' };
      },
    }),
    projectRoute({
      ...writes,
      method: 'POST',
      path: '/projects/:id/environments/:environment_id/stop',
      summary: 'Stop an environment, by the job that does that unless `force` is said',
      ability: 'update_environment',
      status: 200,
      params: Type.Object({ ...one, force: Type.Boolean({ default: false }) }),
      reply: Environment,
      handler: async ({ params, project, caller, role }) => {
        const { id } = await environmentIn(project, params.environment_id);
        const { force } = params;
        const archived_before = archivedBefore(parts);
        for (const job of force ? [] : await stopActions(db, id, archived_before))
          if (!(await mayUpdateRef(db.read, project.id, role, { name: job.ref, tag: job.tag === 1 })))
            throw apiError('forbidden');
        const options = { user_id: userOf(caller), force, archived_before };
        const stopped = await stopEnvironment(db, { id }, options, clock());
        return presentOne(caller, project, stopped);
      },
    }),
  ];
}

const NOTHING_TO_DELETE = {
  message:
    'No environments found for scheduled deletion. Either your query did not match any environments (default parameters match environments that are 30 days or older), or you have insufficient permissions to delete matching environments.',
  scheduled_entries: [],
  unprocessable_entries: [],
};

/** What the parameters set. @throws 400 for a slug, and for an address that is none */
function valuesOf({ external_url, description, tier, slug }: Static<typeof Fields>) {
  if (slug !== undefined) throw badParameters(['slug is automatically generated and cannot be changed']);
  const problems = external_url === undefined ? [] : urlProblems(external_url);
  if (problems.length > 0) throw invalidRecord({ external_url: problems });
  return {
    ...(external_url === undefined ? {} : { external_url: external_url || null }),
    ...(description === undefined ? {} : { description }),
    ...(tier === undefined ? {} : { tier }),
  };
}
