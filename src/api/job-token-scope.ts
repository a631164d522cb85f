import { Type } from 'typebox';
import { apiError } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import { authorizeGroup, authorizeProject } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import {
  allow,
  countAllowed,
  disallow,
  type LinkKind,
  listAllowedGroups,
  listAllowedProjects,
} from '../projects/job-token-scope-store.ts';
import { updateProjectRow } from '../projects/project-store.ts';
import { entity } from './entities/entity.ts';
import { ProjectBasic } from './entities/project.ts';
import { presentSimply } from './present-projects.ts';

const tag = 'Job token scope';
const id = { id: subjectId };
const source_project_id = Type.Integer({ description: 'The project that may be reached' });

const AllowedGroup = entity({ id: Type.Integer(), web_url: Type.String(), name: Type.String() });

/** From which projects' jobs a project can be reached with their tokens. */
export function jobTokenScopeRoutes({ db, clock, url, limits }: Parts): Route[] {
  const manages = { tag, ability: 'admin_project', authenticate: true } as const;

  const add = async (kind: LinkKind, project_id: number, target: number) => {
    const most = limits.job_token_scope_links;
    await db.write(async (tx) => {
      if (!(await allow(tx, kind, project_id, target)))
        throw apiError('bad_request_because', `This ${kind} is already in the job token allowlist.`);
      if ((await countAllowed(tx, kind, project_id)) > most)
        throw apiError('bad_request_because', `No more than ${most} ${kind}s can be allowed.`);
    });
  };
  const remove = async (kind: LinkKind, project_id: number, target: number) => {
    if (!(await db.write((tx) => disallow(tx, kind, project_id, target)))) throw apiError('record_not_found');
  };

  return [
    projectRoute({
      ...manages,
      method: 'GET',
      path: '/projects/:id/job_token_scope',
      summary: 'Say whether job tokens of other projects need to be allowed here',
      params: Type.Object(id),
      reply: entity({ inbound_enabled: Type.Boolean(), outbound_enabled: Type.Boolean() }),
      handler: async ({ project }) => ({
        inbound_enabled: project.ci_inbound_job_token_scope_enabled === 1,
        outbound_enabled: project.ci_job_token_scope_enabled === 1,
      }),
    }),
    projectRoute({
      ...manages,
      method: 'PATCH',
      path: '/projects/:id/job_token_scope',
      summary: 'Let job tokens in only from what is allowed, or from every project',
      status: 204,
      params: Type.Object({ ...id, enabled: Type.Boolean() }),
      reply: null,
      handler: async ({ params: { enabled }, project }) => {
        const set = { ci_inbound_job_token_scope_enabled: enabled ? 1 : 0, updated_at: clock() } as const;
        await db.write((tx) => updateProjectRow(tx, project.id, set));
      },
    }),
    projectRoute({
      ...manages,
      method: 'GET',
      path: '/projects/:id/job_token_scope/allowlist',
      summary: 'List the projects whose job tokens are let in, the project itself among them',
      params: Type.Object({ ...pageParams, ...id }),
      reply: Type.Array(ProjectBasic),
      handler: async (call) => {
        const request = pageRequest(call.params, 'asc', 'Project');
        const found = await listAllowedProjects(db.read, call.project.id, request);
        const presenter = { db, url: url(), caller: call.caller, now: clock() };
        const items = await presentSimply(presenter, found.items);
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    projectRoute({
      ...manages,
      method: 'POST',
      path: '/projects/:id/job_token_scope/allowlist',
      summary: 'Let the job tokens of a project in',
      params: Type.Object({ ...id, target_project_id: recordId() }),
      reply: entity({ source_project_id, target_project_id: Type.Integer() }),
      handler: async ({ params: { target_project_id: wanted }, project, caller }) => {
        const today = dayOf(clock());
        const { project: target } = await authorizeProject(
          db.read,
          caller,
          String(wanted),
          'read_project',
          today,
        );
        if (target.id === project.id)
          throw apiError('bad_request_because', "Target project can't be the same as the source project");
        await add('project', project.id, target.id);
        return { source_project_id: project.id, target_project_id: target.id };
      },
    }),
    projectRoute({
      ...manages,
      method: 'DELETE',
      path: '/projects/:id/job_token_scope/allowlist/:target_project_id',
      summary: 'Let the job tokens of a project in no longer',
      params: Type.Object({ ...id, target_project_id: recordId() }),
      reply: null,
      handler: async ({ params, project }) => remove('project', project.id, params.target_project_id),
    }),
    projectRoute({
      ...manages,
      method: 'GET',
      path: '/projects/:id/job_token_scope/groups_allowlist',
      summary: 'List the groups the job tokens of whose projects are let in',
      params: Type.Object({ ...pageParams, ...id }),
      reply: Type.Array(AllowedGroup),
      handler: async (call) => {
        const request = pageRequest(call.params, 'asc', 'Group');
        const found = await listAllowedGroups(db.read, call.project.id, request);
        const items = found.items.map((group) => ({
          id: group.id,
          web_url: `${url()}/groups/${group.full_path}`,
          name: group.name,
        }));
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    projectRoute({
      ...manages,
      method: 'POST',
      path: '/projects/:id/job_token_scope/groups_allowlist',
      summary: 'Let the job tokens of all projects of a group in',
      params: Type.Object({ ...id, target_group_id: recordId() }),
      reply: entity({ source_project_id, target_group_id: Type.Integer() }),
      handler: async ({ params: { target_group_id: wanted }, project, caller }) => {
        const { group } = await authorizeGroup(db.read, caller, String(wanted), 'read_group', dayOf(clock()));
        await add('group', project.id, group.id);
        return { source_project_id: project.id, target_group_id: group.id };
      },
    }),
    projectRoute({
      ...manages,
      method: 'DELETE',
      path: '/projects/:id/job_token_scope/groups_allowlist/:target_group_id',
      summary: 'Let the job tokens of a group in no longer',
      params: Type.Object({ ...id, target_group_id: recordId() }),
      reply: null,
      handler: async ({ params, project }) => remove('group', project.id, params.target_group_id),
    }),
  ];
}
