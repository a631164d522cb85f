import { type Static, Type } from 'typebox';
import {
  DEPLOYMENT_ORDERS,
  type DeploymentFilter,
  findDeployment,
  listDeployments,
  withDetails,
} from '../environments/deployment-list-store.ts';
import {
  deleteDeployment,
  type Deployment as Row,
  DEPLOYMENT_STATUSES,
  isFinished,
  lastDeployment,
} from '../environments/deployment-store.ts';
import { nameProblems } from '../environments/environment-name.ts';
import { findEnvironmentByName } from '../environments/environment-store.ts';
import { apiError, invalidRecord } from '../errors.ts';
import { findBranchTip, findCommitId, findTagCommit } from '../git/revision.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, type Route } from '../http/route.ts';
import { findJobsDetails } from '../jobs/job-details-store.ts';
import type { Parts } from '../parts.ts';
import { recordDeployment, setDeploymentStatus } from '../pipelines/record-deployment.ts';
import { Deployment, deploymentOf } from './entities/deployment.ts';
import { userOf } from './job-actions.ts';
import { momentOf } from './job-filter.ts';
import { jobAround } from './jobs.ts';

const tag = 'Deployments';
const one = { id: subjectId, deployment_id: recordId() };
const moment = Type.Optional(Type.String({ description: 'ISO 8601' }));
/** What somebody can tell of a deployment that no job here has made. */
const TOLD = ['running', 'success', 'failed', 'canceled'] as const;

/** Deployments as the API shows them, with their jobs: a constant number of statements. */
export async function presentDeployments(
  parts: Parts,
  { caller, project }: Pick<ProjectCall<unknown>, 'caller' | 'project'>,
  rows: readonly Row[],
): Promise<Static<typeof Deployment>[]> {
  const { read } = parts.db;
  const details = await withDetails(read, rows);
  const jobs = await findJobsDetails(
    read,
    details.flatMap(({ job_id }) => job_id ?? []),
  );
  const around = jobAround(parts, caller, project);
  return details.map((row) => deploymentOf(row, jobs.get(row.job_id ?? 0) ?? null, around));
}

/** What was brought to environments, by jobs or by others. */
export function deploymentRoutes(parts: Parts): Route[] {
  const { db, clock, url, repositories } = parts;
  const reads = {
    method: 'GET',
    tag,
    ability: 'read_deployment',
    authenticate: true,
    jobToken: true,
  } as const;
  const writes = { tag, jobToken: true } as const;
  type Who = Pick<ProjectCall<unknown>, 'caller' | 'project'>;
  const present = (call: Who, rows: readonly Row[]) => presentDeployments(parts, call, rows);
  const presentOne = async (call: Who, row: Row) => {
    const [shown] = await present(call, [row]);
    if (!shown) throw apiError('record_not_found');
    return shown;
  };
  const deploymentIn = async (project_id: number, id: number) => {
    const row = await findDeployment(db.read, project_id, id);
    if (!row) throw apiError('record_not_found');
    return row;
  };

  return [
    projectRoute({
      ...reads,
      path: '/projects/:id/deployments',
      summary: 'List the deployments of a project',
      params: Type.Object({
        ...pageParams,
        id: subjectId,
        order_by: Type.Enum([...DEPLOYMENT_ORDERS], { default: 'id' }),
        environment: Type.Optional(Type.String({ description: 'Its name' })),
        status: Type.Optional(Type.Enum([...DEPLOYMENT_STATUSES])),
        updated_after: moment,
        updated_before: moment,
        finished_after: moment,
        finished_before: moment,
      }),
      reply: Type.Array(Deployment),
      handler: async (call) => {
        const { params, project } = call;
        checkCombination(params);
        const request = pageRequest(params, 'asc', 'Deployment');
        const environment =
          params.environment === undefined
            ? undefined
            : await findEnvironmentByName(db.read, project.id, params.environment);
        const filter: DeploymentFilter = {
          project_id: project.id,
          ...(environment === undefined ? {} : { environment_id: environment?.id ?? 0 }),
          ...(params.status === undefined ? {} : { status: params.status }),
          ...momentsOf(params),
        };
        const found = await listDeployments(db.read, filter, request, params.order_by);
        return pageReply(placeOf(url(), call), request, {
          ...found,
          items: await present(call, found.items),
        });
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/deployments/:deployment_id',
      summary: 'Get a deployment',
      params: Type.Object(one),
      reply: Deployment,
      handler: async (call) =>
        presentOne(call, await deploymentIn(call.project.id, call.params.deployment_id)),
    }),
    projectRoute({
      ...writes,
      method: 'POST',
      path: '/projects/:id/deployments',
      summary: 'Tell of a deployment that no job here has made',
      ability: 'create_deployment',
      params: Type.Object({
        id: subjectId,
        environment: Type.String(),
        sha: Type.String(),
        ref: Type.String(),
        tag: Type.Boolean(),
        status: Type.Enum([...TOLD]),
      }),
      reply: Deployment,
      handler: async (call) => {
        const { params, project } = call;
        const problems = nameProblems(params.environment);
        if (problems.length > 0) throw invalidRecord({ name: problems });
        const repository = repositories.of(project.id);
        const [sha, branch, tagged] = await Promise.all([
          findCommitId(repository, params.sha),
          findBranchTip(repository, params.ref),
          findTagCommit(repository, params.ref),
        ]);
        const invalid = {
          ...(sha === undefined ? { sha: ['The commit does not exist'] } : {}),
          ...((branch ?? tagged) ? {} : { ref: ['The branch or tag does not exist'] }),
        };
        if (sha === undefined || Object.keys(invalid).length > 0) throw invalidRecord(invalid);
        const { ref, status, environment } = params;
        const told = { environment, ref, sha, tag: params.tag ? 1 : 0, status } as const;
        return presentOne(call, await recordDeployment(db, project.id, userOf(call.caller), told, clock()));
      },
    }),
    projectRoute({
      ...writes,
      method: 'PUT',
      path: '/projects/:id/deployments/:deployment_id',
      summary: 'Tell how such a deployment goes on',
      ability: 'update_deployment',
      params: Type.Object({ ...one, status: Type.Enum([...TOLD]) }),
      reply: Deployment,
      handler: async (call) => {
        const { params, project } = call;
        const row = await deploymentIn(project.id, params.deployment_id);
        if (row.job_id !== null)
          throw apiError(
            'forbidden_because',
            'Deployments created using GitLab CI can not be updated using the API',
          );
        return presentOne(call, await setDeploymentStatus(db, row, params.status, clock()));
      },
    }),
    projectRoute({
      ...writes,
      method: 'DELETE',
      path: '/projects/:id/deployments/:deployment_id',
      summary: 'Delete a deployment that is neither running nor the last of its environment',
      ability: 'destroy_deployment',
      params: Type.Object(one),
      reply: null,
      handler: async ({ params, project }) => {
        const row = await deploymentIn(project.id, params.deployment_id);
        if (row.status === 'running') throw apiError('plain', 'Cannot destroy running deployment');
        if ((await lastDeployment(db.read, row.environment_id))?.id === row.id)
          throw apiError('plain', 'Deployment currently deployed to environment');
        await db.write((tx) => deleteDeployment(tx, row.id));
      },
    }),
  ];
}

const MOMENTS = ['updated_after', 'updated_before', 'finished_after', 'finished_before'] as const;
type Given = Partial<Record<(typeof MOMENTS)[number], string>>;

function momentsOf(params: Given): Partial<Record<(typeof MOMENTS)[number], number>> {
  const found: Partial<Record<(typeof MOMENTS)[number], number>> = {};
  for (const name of MOMENTS) {
    const time = momentOf(name, params[name]);
    if (time !== undefined) found[name] = time;
  }
  return found;
}

const refuse = (why: string) => apiError('bad_request_because', why);

/** @throws 400 in GitLab's words for what GitLab does not look for together */
function checkCombination(params: Given & { order_by: string; status?: string }): void {
  const updated = params.updated_after ?? params.updated_before;
  const finished = params.finished_after ?? params.finished_before;
  const byFinish = params.order_by === 'finished_at';
  if (updated && finished)
    throw refuse('Both `updated_at` filter and `finished_at` filter can not be specified');
  if (updated && params.order_by !== 'updated_at')
    throw refuse('`updated_at` filter requires `updated_at` sort');
  if (finished && !byFinish) throw refuse('`finished_at` filter requires `finished_at` sort.');
  if (byFinish && !finished && !isFinished(params.status ?? ''))
    throw refuse(
      '`finished_at` sort requires `finished_at` filter or a filter with at least one of the finished statuses.',
    );
  if (finished && params.status !== 'success')
    throw refuse('`finished_at` filter must be combined with `success` status filter.');
}
