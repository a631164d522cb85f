import { Type } from 'typebox';
import { type Caller, isAdmin } from '../access/caller.ts';
import { allowsOnProject, type Role, type Visibility } from '../access/permissions.ts';
import type { Project } from '../http/subjects.ts';
import { apiError } from '../errors.ts';
import { pageParams, pageReply, pageRequest, type PageParams, placeOf } from '../http/paging.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, type Reply, type Route } from '../http/route.ts';
import { findJobDetails, type JobDetails } from '../jobs/job-details-store.ts';
import type { Asker } from '../jobs/allowed-actions.ts';
import type { JobFilter } from '../jobs/job-filter-store.ts';
import type { Parts } from '../parts.ts';
import { findPipeline } from '../pipelines/pipeline-store.ts';
import { Job, type JobAround, jobOf, JobWithActions } from './entities/job.ts';
import { jobFilter, jobFilterParams, scopeParam } from './job-filter.ts';
import type { JobPageQuestion } from './job-page.ts';
import type { JobPages } from './job-pages.ts';

const tag = 'Jobs';
const listParams = { id: subjectId, ...jobFilterParams, ...pageParams };

/** The lists of jobs, and one job. */
export function jobRoutes(parts: Parts, pages: JobPages): Route[] {
  const { db, url } = parts;
  const around = (caller: Caller, project: Project) => jobAround(parts, caller, project);

  type ListParams = PageParams & Parameters<typeof jobFilter>[0];
  const page = async (
    { params, caller, project, url: path }: ProjectCall<ListParams>,
    filter: JobFilter,
    asker?: JobPageQuestion['asker'],
  ): Promise<Reply> => {
    const request = pageRequest(params, 'desc', 'Ci::Build');
    const place = placeOf(url(), { url: path, params });
    const { json: items, ...found } = await pages.read({
      filter,
      request,
      around: around(caller, project),
      ...(asker && { asker }),
    });
    return pageReply(place, request, { ...found, items });
  };

  const nothing = ({ params, url: path }: ProjectCall<ListParams>) =>
    pageReply(placeOf(url(), { url: path, params }), pageRequest(params), {
      items: [],
      next: null,
      total: 0,
    });

  const ofPipeline = (path: string) =>
    projectRoute({
      method: 'GET',
      path,
      summary: 'List the jobs of a pipeline',
      tag,
      ability: 'read_pipeline',
      jobToken: true,
      params: Type.Object({
        ...listParams,
        pipeline_id: recordId(),
        scope: scopeParam(false),
        include_retried: Type.Boolean({ default: false }),
      }),
      reply: Type.Array(Job),
      handler: async (call) => {
        const { params, project, role } = call;
        const pipeline = await findPipeline(db.read, project.id, params.pipeline_id);
        if (!pipeline) throw apiError('record_not_found');
        // As GitLab: who may know of the pipeline but not read its jobs finds none.
        if (!mayReadJobs(role, project)) return nothing(call);
        const { include_retried } = params;
        return page(call, {
          ...jobFilter(params),
          project_id: project.id,
          pipeline_id: pipeline.id,
          include_retried,
        });
      },
    });

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/jobs',
      summary: 'List the jobs of a project',
      tag,
      ability: 'read_build',
      authenticate: true,
      jobToken: true,
      params: Type.Object({
        ...listParams,
        scope: scopeParam(true),
        with_actions: Type.Boolean({ default: false, description: 'And what the caller may do with each' }),
      }),
      reply: Type.Array(Type.Union([Job, JobWithActions])),
      handler: async (call) =>
        page(
          call,
          { ...jobFilter(call.params), project_id: call.project.id },
          call.params.with_actions ? askerOf(parts, call) : undefined,
        ),
    }),
    ofPipeline('/projects/:id/pipelines/:pipeline_id/jobs'),
    // The heading of 2017's document writes it so.
    ofPipeline('/projects/:id/pipeline/:pipeline_id/jobs'),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/jobs/:job_id',
      summary: 'Get a job',
      tag,
      ability: 'read_build',
      authenticate: true,
      params: Type.Object({ id: subjectId, job_id: recordId() }),
      reply: Job,
      handler: async ({ params, caller, project }) =>
        jobOf(await buildOf(db, project.id, params.job_id), around(caller, project)),
    }),
  ];
}

type Around = Pick<Parts, 'url' | 'clock' | 'limits'>;

/** Jobs and pipelines older than that are archived; null: none is. */
export const archivedBefore = ({ clock, limits }: Pick<Parts, 'clock' | 'limits'>): number | null =>
  limits.archive_builds_in === null ? null : clock() - limits.archive_builds_in;

/** What an entity of this project's jobs needs, for this caller. */
export const jobAround = (
  parts: Around,
  caller: Caller,
  { path_with_namespace, ci_job_token_scope_enabled }: Project,
): JobAround => ({
  url: parts.url(),
  now: parts.clock(),
  archived_before: archivedBefore(parts),
  project: { path_with_namespace, ci_job_token_scope_enabled },
  caller: caller.user && { id: caller.user.id, admin: isAdmin(caller) },
});

/** Who asks about jobs of this project, in what can be told to a thread. */
export const askerOf = (
  parts: Pick<Parts, 'clock' | 'limits'>,
  { caller, project, role }: Pick<ProjectCall<unknown>, 'caller' | 'project' | 'role'>,
): Omit<Asker, 'updates_ref'> => ({
  user_id: caller.user?.id ?? null,
  role,
  project: {
    archived: project.archived,
    visibility: project.visibility as Visibility,
    public_jobs: project.public_jobs,
    builds_access_level: project.builds_access_level,
  },
  archived_before: archivedBefore(parts),
});

const mayReadJobs = (role: Role, project: Project) =>
  allowsOnProject('read_build', role, { ...project, visibility: project.visibility as Visibility });

/** The build of this number. @throws 404 for another project's, a bridge, or none */
export async function buildOf(db: Parts['db'], project_id: number, id: number): Promise<JobDetails> {
  const job = await findJobDetails(db.read, project_id, id);
  if (job?.kind !== 'build') throw apiError('record_not_found');
  return job;
}
