import { Type } from 'typebox';
import { findUsers } from '../access/user-store.ts';
import { allowsOnProject, type Role, type Visibility } from '../access/permissions.ts';
import { apiError } from '../errors.ts';
import { listRefs } from '../git/refs.ts';
import { findBranchTip, findTagCommit } from '../git/revision.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Project } from '../http/subjects.ts';
import { JOB_STATUSES, type JobStatus } from '../jobs/job-state.ts';
import { canCancel, isArchived } from '../jobs/job-actions.ts';
import type { Parts } from '../parts.ts';
import {
  countPipelines,
  findLatestPipeline,
  findPipelineDetails,
  listPipelines,
  type Pipeline,
  type PipelineDetails as Details,
  type PipelineFilter,
  type PipelineOrder,
} from '../pipelines/pipeline-store.ts';
import { whichRefsMayBeUpdated } from '../projects/may-update-ref.ts';
import { readStoredCommits } from '../pipelines/stored-commit-store.ts';
import {
  PipelineDetails,
  PipelineItem,
  PipelineItemDetails,
  pipelineDetails,
  pipelineItem,
  pipelineItemDetails,
} from './entities/pipeline.ts';
import { archivedBefore } from './jobs.ts';
import { momentOf } from './job-filter.ts';

/** How a pipeline can have come about, by GitLab's names. */
export const PIPELINE_SOURCES = [
  'unknown',
  'push',
  'web',
  'trigger',
  'schedule',
  'api',
  'external',
  'pipeline',
  'chat',
  'webide',
  'merge_request_event',
  'external_pull_request_event',
  'parent_pipeline',
  'ondemand_dast_scan',
  'ondemand_dast_validation',
  'security_orchestration_policy',
  'container_registry_push',
  'duo_workflow',
  'pipeline_execution_policy_schedule',
];
export const SCOPES = ['running', 'pending', 'finished', 'branches', 'tags'] as const;
const ORDERS = ['id', 'status', 'ref', 'updated_at', 'user_id'] as const satisfies PipelineOrder[];

const tag = 'Pipelines';
const one = { id: subjectId, pipeline_id: recordId() };
const moment = Type.Optional(Type.String({ description: 'ISO 8601' }));

/** What can be read of pipelines. */
export function pipelineRoutes(parts: Parts): Route[] {
  const { db, url, repositories } = parts;
  const page = (project: Project, details: Details) =>
    pipelineDetails(withArchived(details, parts), url(), project.path_with_namespace);
  const detailed = async ({ project, role }: Who, pipelines: readonly Pipeline[]) => {
    const [users, commits, updates] = await Promise.all([
      findUsers(
        db.read,
        pipelines.flatMap(({ user_id }) => user_id ?? []),
      ),
      readStoredCommits(
        db.read,
        project.id,
        pipelines.map(({ sha }) => sha),
      ),
      whichRefsMayBeUpdated(db.read, project.id, role),
    ]);
    const subject = { ...project, visibility: project.visibility as Visibility };
    const mayUpdate = allowsOnProject('update_pipeline', role, subject);
    const before = archivedBefore(parts);
    const byId = new Map(users.map((user) => [user.id, user]));
    return pipelines.map((pipeline) =>
      pipelineItemDetails(pipeline, {
        user: (pipeline.user_id === null ? null : byId.get(pipeline.user_id)) ?? null,
        commit: commits.get(pipeline.sha) ?? null,
        actions:
          mayUpdate && updates({ name: pipeline.ref, tag: pipeline.tag === 1 })
            ? actionsFor(pipeline, isArchived(pipeline, before))
            : [],
        url: url(),
        path: project.path_with_namespace,
      }),
    );
  };

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines',
      summary: 'List the pipelines of a project',
      tag,
      ability: 'read_build',
      params: Type.Object({
        ...pageParams,
        id: subjectId,
        scope: Type.Optional(Type.Enum([...SCOPES])),
        status: Type.Optional(Type.Enum([...JOB_STATUSES])),
        ref: Type.Optional(Type.String()),
        sha: Type.Optional(Type.String()),
        yaml_errors: Type.Optional(Type.Boolean()),
        username: Type.Optional(Type.String()),
        name: Type.Optional(Type.String()),
        source: Type.Optional(Type.Enum(PIPELINE_SOURCES)),
        updated_before: moment,
        updated_after: moment,
        created_before: moment,
        created_after: moment,
        order_by: Type.Enum([...ORDERS], { default: 'id' }),
        with_details: Type.Boolean({ default: false, description: 'Its commit, user and times too' }),
      }),
      reply: Type.Array(Type.Union([PipelineItem, PipelineItemDetails])),
      handler: async ({ params, project, role, url: path }) => {
        const request = pageRequest(params, 'desc', 'Ci::Pipeline');
        const filter: PipelineFilter = { ...filterOf(params), project_id: project.id };
        const { scope } = params;
        if (scope === 'branches' || scope === 'tags')
          filter.newest_of = (await listRefs(repositories.of(project.id), scope)).map(({ name }) => name);
        const [found, total] = await Promise.all([
          listPipelines(db.read, filter, { ...request, order: params.order_by }),
          request.keyset ? null : countPipelines(db.read, filter),
        ]);
        const address = `${url()}/${project.path_with_namespace}`;
        const items = params.with_details
          ? await detailed({ project, role }, found.items)
          : found.items.map((pipeline) => pipelineItem(pipeline, address));
        return pageReply(placeOf(url(), { url: path, params }), request, { ...found, items, total });
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/latest',
      summary: 'Get the newest pipeline of the newest commit of a ref',
      tag,
      ability: 'read_build',
      params: Type.Object({ id: subjectId, ref: Type.Optional(Type.String()) }),
      reply: PipelineDetails,
      handler: async ({ params, project }) => {
        const ref = params.ref ?? project.default_branch;
        const repository = repositories.of(project.id);
        const sha = ref && ((await findBranchTip(repository, ref)) ?? (await findTagCommit(repository, ref)));
        const latest = ref && sha ? await findLatestPipeline(db.read, project.id, { ref, sha }) : null;
        const details = latest && (await findPipelineDetails(db.read, project.id, latest.id));
        // GitLab answers 403, not 404.
        if (!details) throw apiError('forbidden');
        return page(project, details);
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/:pipeline_id',
      summary: 'Get a pipeline',
      tag,
      ability: 'read_build',
      params: Type.Object(one),
      reply: PipelineDetails,
      handler: async ({ params, project }) =>
        page(project, await pipelineOf(db, project.id, params.pipeline_id)),
    }),
  ];
}

type Who = { project: Project; role: Role };

/** What a list offers of a pipeline, by its status alone: whether a job lets it, only its jobs tell. */
function actionsFor(
  { status, warnings, yaml_errors }: Pick<Pipeline, 'status' | 'warnings' | 'yaml_errors'>,
  archived: boolean,
): ('retry' | 'cancel')[] {
  if (canCancel(status, false)) return ['cancel'];
  const hasFailed = status === 'failed' || status === 'canceled' || (status === 'success' && warnings === 1);
  return hasFailed && yaml_errors === null && !archived ? ['retry'] : [];
}

/** The pipeline of this number. @throws 404 for another project's, or none */
export async function pipelineOf(db: Parts['db'], project_id: number, id: number): Promise<Details> {
  const details = await findPipelineDetails(db.read, project_id, id);
  if (!details) throw apiError('record_not_found');
  return details;
}

/** The same with whether it is archived. */
export const withArchived = (details: Details, parts: Pick<Parts, 'clock' | 'limits'>) => ({
  ...details,
  archived: isArchived(details, archivedBefore(parts)),
});

interface Given {
  scope?: (typeof SCOPES)[number];
  status?: JobStatus;
  ref?: string;
  sha?: string;
  yaml_errors?: boolean;
  username?: string;
  name?: string;
  source?: string;
  updated_before?: string;
  updated_after?: string;
  created_before?: string;
  created_after?: string;
}

const SCOPE_FILTERS: Record<(typeof SCOPES)[number], Partial<PipelineFilter>> = {
  running: { statuses: ['running'] },
  pending: { statuses: ['pending'] },
  finished: { statuses: ['success', 'failed', 'canceled'] },
  branches: { tag: false },
  tags: { tag: true },
};

/** What the parameters of a list of pipelines filter by. */
export function filterOf({ scope, status, ...given }: Given): Partial<PipelineFilter> {
  const filter: Partial<PipelineFilter> = scope ? { ...SCOPE_FILTERS[scope] } : {};
  if (status) filter.statuses = [status];
  for (const name of ['ref', 'sha', 'username', 'name', 'source'] as const)
    if (given[name] !== undefined) filter[name] = given[name];
  for (const name of ['updated_before', 'updated_after', 'created_before', 'created_after'] as const) {
    const time = momentOf(name, given[name]);
    if (time !== undefined) filter[name] = time;
  }
  if (given.yaml_errors !== undefined) filter.yaml_errors = given.yaml_errors;
  return filter;
}
