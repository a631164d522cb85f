import { Type } from 'typebox';
import { type Caller, isAdmin } from '../access/caller.ts';
import { allowsOnGroup, allowsOnProject, type Visibility } from '../access/permissions.ts';
import { PREFIX } from '../access/token.ts';
import { apiError, badParameters } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import { commaList, subjectId } from '../http/parameters.ts';
import { groupRoute, projectRoute, route, type Route } from '../http/route.ts';
import { groupRole, projectRole } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { findGroup } from '../projects/group-store.ts';
import { findProject } from '../projects/project-store.ts';
import { createRunner } from '../runners/create-runner.ts';
import { resetRegistrationToken, type RunnerOwner } from '../runners/registration-token.ts';
import { ACCESS_LEVELS, RUNNER_TYPES } from '../runners/runner-attributes.ts';
import { isoOrNull } from './entities/entity.ts';
import { NewRunner, NewToken } from './entities/runner.ts';

const tag = 'Runners';

/** How a runner comes to be: made by a person, or with a registration token made here. */
export function createRunnerRoutes({ db, clock }: Parts): Route[] {
  const reset = async (owner: RunnerOwner) => ({
    token: await resetRegistrationToken(db, owner),
    token_expires_at: null,
  });

  return [
    route({
      method: 'POST',
      path: '/user/runners',
      summary: 'Make a runner',
      tag,
      ability: 'create_runner',
      scopes: ['create_runner'],
      params: Type.Object({
        runner_type: Type.Enum([...RUNNER_TYPES]),
        group_id: Type.Optional(Type.Integer()),
        project_id: Type.Optional(Type.Integer()),
        description: Type.Optional(Type.String()),
        maintenance_note: Type.Optional(Type.String()),
        paused: Type.Optional(Type.Boolean()),
        locked: Type.Optional(Type.Boolean()),
        access_level: Type.Optional(Type.Enum([...ACCESS_LEVELS])),
        run_untagged: Type.Optional(Type.Boolean()),
        tag_list: Type.Optional(commaList()),
        maximum_timeout: Type.Optional(Type.Integer({ description: 'Seconds' })),
      }),
      reply: NewRunner,
      handler: async ({ params, caller }) => {
        const { runner_type, group_id, project_id, ...attributes } = params;
        const owner = await ownerOf({ runner_type, group_id, project_id }, caller);
        const created = await createRunner(
          db,
          owner,
          { ...attributes, creator_id: caller.user?.id ?? null, prefix: PREFIX.runner },
          clock(),
        );
        return { ...created, token_expires_at: isoOrNull(created.token_expires_at) };
      },
    }),
    route({
      method: 'POST',
      path: '/runners/reset_registration_token',
      summary: "Make a new registration token for the server's runners",
      tag,
      ability: 'admin_runners',
      params: Type.Object({}),
      reply: NewToken,
      handler: async () => reset({ runner_type: 'instance_type' }),
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/runners/reset_registration_token',
      summary: "Make a new registration token for a project's runners",
      tag,
      ability: 'admin_project_runners',
      params: Type.Object({ id: subjectId }),
      reply: NewToken,
      handler: async ({ project }) => reset({ runner_type: 'project_type', project_id: project.id }),
    }),
    groupRoute({
      method: 'POST',
      path: '/groups/:id/runners/reset_registration_token',
      summary: "Make a new registration token for a group's runners",
      tag,
      ability: 'admin_group_runners',
      params: Type.Object({ id: subjectId }),
      reply: NewToken,
      handler: async ({ group }) => reset({ runner_type: 'group_type', namespace_id: group.id }),
    }),
  ];

  /** Whose the runner shall be, when the caller may make it. */
  async function ownerOf(
    wanted: {
      runner_type: (typeof RUNNER_TYPES)[number];
      group_id: number | undefined;
      project_id: number | undefined;
    },
    caller: Caller,
  ): Promise<RunnerOwner> {
    const { runner_type, group_id, project_id } = wanted;
    if (runner_type === 'instance_type') {
      if (!isAdmin(caller)) throw insufficient();
      return { runner_type };
    }
    const today = dayOf(clock());
    if (runner_type === 'group_type') {
      if (group_id === undefined) throw badParameters(['group_id is missing']);
      const group = await findGroup(db.read, String(group_id));
      if (!group) throw invalidScope();
      const role = await groupRole(db.read, caller, group, today);
      const visibility = group.visibility as Visibility;
      if (!allowsOnGroup('read_group', role, visibility)) throw invalidScope();
      if (!allowsOnGroup('admin_group_runners', role, visibility)) throw insufficient();
      return { runner_type, namespace_id: group.id };
    }
    if (project_id === undefined) throw badParameters(['project_id is missing']);
    const project = await findProject(db.read, String(project_id));
    if (!project) throw invalidScope();
    const role = await projectRole(db.read, caller, project, today);
    const subject = { ...project, visibility: project.visibility as Visibility };
    if (!allowsOnProject('read_project', role, subject)) throw invalidScope();
    if (!allowsOnProject('admin_project_runners', role, subject)) throw insufficient();
    return { runner_type, project_id: project.id };
  }
}

const insufficient = () => apiError('forbidden_because', 'Insufficient permissions');
/** Also for what the caller may not know of. */
const invalidScope = () => apiError('bad_request_because', 'Missing/invalid scope');
