import { Type } from 'typebox';
import { apiError } from '../errors.ts';
import {
  numberedPageParams,
  numberedPageRequest,
  pageParams,
  pageReply,
  pageRequest,
  placeOf,
} from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import { findJobDetails, findJobsDetails } from '../jobs/job-details-store.ts';
import {
  currentHolder,
  findResourceGroup,
  listResourceGroups,
  listUpcomingJobs,
  PROCESS_MODES,
} from '../jobs/resource-group-store.ts';
import type { Parts } from '../parts.ts';
import { setProcessMode } from '../pipelines/set-process-mode.ts';
import { nullable } from './entities/entity.ts';
import { JobBasic, jobBasic } from './entities/job.ts';
import { ResourceGroup, resourceGroup } from './entities/resource-group.ts';
import { jobAround } from './jobs.ts';

const tag = 'Resource groups';
const one = { id: subjectId, key: Type.String() };

/** What jobs of a project use one at a time. */
export function resourceGroupRoutes(parts: Parts): Route[] {
  const { db, clock, url } = parts;
  const reads = {
    method: 'GET',
    tag,
    ability: 'read_resource_group',
    authenticate: true,
  } as const;

  const groupOf = async (project_id: number, key: string) => {
    const group = await findResourceGroup(db.read, project_id, key);
    if (!group) throw apiError('record_not_found');
    return group;
  };

  return [
    projectRoute({
      ...reads,
      path: '/projects/:id/resource_groups',
      summary: 'List the resource groups of a project',
      params: Type.Object({ ...pageParams, id: subjectId }),
      reply: Type.Array(ResourceGroup),
      handler: async (call) => {
        const request = pageRequest(call.params, 'asc', 'Ci::ResourceGroup');
        const found = await listResourceGroups(db.read, call.project.id, request);
        return pageReply(placeOf(url(), call), request, { ...found, items: found.items.map(resourceGroup) });
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/resource_groups/:key',
      summary: 'Get a resource group',
      params: Type.Object(one),
      reply: ResourceGroup,
      handler: async ({ params, project }) => resourceGroup(await groupOf(project.id, params.key)),
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/resource_groups/:key/current_job',
      summary: 'Get the job that has the resource; null when none has',
      params: Type.Object(one),
      reply: nullable(JobBasic),
      handler: async ({ params, project, caller }) => {
        const holder = await currentHolder(db.read, await groupOf(project.id, params.key));
        const job = holder === null ? null : await findJobDetails(db.read, project.id, holder);
        return job && jobBasic(job, jobAround(parts, caller, project));
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/resource_groups/:key/upcoming_jobs',
      summary: 'List the jobs that will get the resource, the next one first',
      params: Type.Object({ ...one, ...numberedPageParams }),
      reply: Type.Array(JobBasic),
      handler: async (call) => {
        const { params, project, caller } = call;
        const request = numberedPageRequest(params);
        const found = await listUpcomingJobs(db.read, await groupOf(project.id, params.key), request);
        const jobs = await findJobsDetails(
          db.read,
          found.items.map(({ id }) => id),
        );
        const around = jobAround(parts, caller, project);
        const items = found.items.flatMap(({ id }) => {
          const job = jobs.get(id);
          return job ? [jobBasic(job, around)] : [];
        });
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    projectRoute({
      method: 'PUT',
      path: '/projects/:id/resource_groups/:key',
      summary: 'Say in which order jobs get the resource',
      tag,
      ability: 'update_resource_group',
      params: Type.Object({ ...one, process_mode: Type.Optional(Type.Enum([...PROCESS_MODES])) }),
      reply: ResourceGroup,
      handler: async ({ params, project }) => {
        const group = await groupOf(project.id, params.key);
        if (params.process_mode === undefined) return resourceGroup(group);
        const changed = await setProcessMode(db, group, params.process_mode, clock());
        if (!changed) throw apiError('record_not_found');
        return resourceGroup(changed);
      },
    }),
  ];
}
