import { Type } from 'typebox';
import { type Caller, isAdmin } from '../access/caller.ts';
import { allowsOnGroup, allowsOnProject, type Role, type Visibility } from '../access/permissions.ts';
import { apiError, invalidRecord, notFound } from '../errors.ts';
import { isBranchName } from '../git/ref-name.ts';
import { isEmpty } from '../git/refs.ts';
import { setDefaultBranch } from '../git/repository.ts';
import { findBranchTip } from '../git/revision.ts';
import { writeReadme } from '../git/write-readme.ts';
import { dayOf } from '../http/day.ts';
import { filled, subjectId } from '../http/parameters.ts';
import { projectRoute, route, type Route } from '../http/route.ts';
import { groupRole, type Project as Row } from '../http/subjects.ts';
import { requeueProject } from '../jobs/job-queue.ts';
import type { Parts } from '../parts.ts';
import { createProject } from '../projects/create-project.ts';
import { deleteProject } from '../projects/delete-project.ts';
import { findNamespace } from '../projects/group-store.ts';
import { findProject } from '../projects/project-store.ts';
import { archiveProject, updateProject } from '../projects/update-project.ts';
import { findOwnNamespace } from '../access/user-store.ts';
import { Message } from './entities/entity.ts';
import { Project } from './entities/project.ts';
import { presentProject } from './present-projects.ts';
import { SETTING_NAMES, settingParams, settingsOf } from './project-settings.ts';
import { needOneOf, userOf } from './reader.ts';

const tag = 'Projects';
const one = { id: subjectId };
const names = {
  name: Type.Optional(filled()),
  path: Type.Optional(filled()),
  default_branch: Type.Optional(Type.String()),
};

/** One project: made, shown, changed, archived, deleted. */
export function projectRoutes({ db, clock, url, repositories, waiting }: Parts): Route[] {
  const present = async (caller: Caller, row: Row) =>
    presentProject(
      { db, url: url(), caller, now: clock() },
      row,
      // A repository that is being made is as good as empty.
      await isEmpty(repositories.of(row.id)).catch(() => true),
    );

  /** Where the caller may make a project: the namespace asked for, or their own. */
  const placeFor = async (caller: Caller, namespace_id: number | undefined) => {
    const own = await findOwnNamespace(db.read, userOf(caller).id);
    const namespace = namespace_id === undefined ? own : await findNamespace(db.read, String(namespace_id));
    const invalid = invalidRecord({ namespace: ['is not valid'] });
    if (!namespace) throw invalid;
    if (isAdmin(caller) || namespace.id === own?.id) return namespace.id;
    if (namespace.kind !== 'group') throw invalid;
    const role = await groupRole(db.read, caller, namespace, dayOf(clock()));
    if (!allowsOnGroup('create_projects', role, namespace.visibility as Visibility)) throw invalid;
    return namespace.id;
  };

  const archiving = (verb: 'archive' | 'unarchive') =>
    projectRoute({
      method: 'POST',
      path: `/projects/:id/${verb}`,
      summary: verb === 'archive' ? 'Close a project to changes' : 'Open an archived project again',
      tag,
      ability: 'archive_project',
      params: Type.Object(one),
      reply: Project,
      handler: async ({ project, caller }) =>
        present(caller, await archiveProject(db, project.id, verb === 'archive' ? 1 : 0, clock())),
    });

  return [
    route({
      method: 'POST',
      path: '/projects',
      summary: 'Make a project',
      tag,
      ability: 'create_project',
      params: Type.Object({
        ...names,
        ...settingParams,
        namespace_id: Type.Optional(Type.Integer()),
        initialize_with_readme: Type.Boolean({ default: false }),
      }),
      reply: Project,
      handler: async ({ caller, params }) => {
        needOneOf(params, ['name', 'path']);
        const { name, path, default_branch = 'main', initialize_with_readme } = params;
        checkBranchName(default_branch);
        const creator = userOf(caller);
        requireAdmin(caller, params);
        const row = await createProject(
          db,
          {
            ...(name === undefined ? {} : { name }),
            ...(path === undefined ? {} : { path }),
            namespace_id: await placeFor(caller, params.namespace_id),
            default_branch,
            settings: settingsOf(params),
          },
          { id: creator.id, admin: isAdmin(caller) ? 1 : 0 },
          clock(),
        );
        const repository = await repositories.create(row.id, default_branch);
        if (!(await findProject(db.read, String(row.id)))) {
          await repositories.delete(row.id);
          throw notFound('Project');
        }
        if (initialize_with_readme) await writeReadme(repository, row, creator, clock());
        return present(caller, row);
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id',
      summary: 'One project',
      tag,
      ability: 'read_project',
      params: Type.Object(one),
      reply: Project,
      handler: async ({ project, caller }) => present(caller, project),
    }),
    projectRoute({
      method: 'PUT',
      path: '/projects/:id',
      summary: 'Change a project',
      tag,
      ability: 'admin_project',
      params: Type.Object({ ...one, ...names, ...settingParams }),
      reply: Project,
      handler: async ({ project, caller, params, role }) => {
        needOneOf(params, ['name', 'path', 'default_branch', ...SETTING_NAMES]);
        const { name, path, default_branch } = params;
        requireAdmin(caller, params);
        const settings = settingsOf(params);
        if (settings.visibility !== undefined && settings.visibility !== project.visibility)
          requireOwner(role, project);
        if (default_branch !== undefined && default_branch !== project.default_branch)
          await setHead(project, default_branch);
        const changes = { ...settings, ...given({ name, path, default_branch }) };
        const updated = await updateProject(db, project.id, changes, clock(), requeueProject);
        if (updated.shared_runners_enabled !== project.shared_runners_enabled) waiting.wakeAll();
        return present(caller, updated);
      },
    }),
    archiving('archive'),
    archiving('unarchive'),
    projectRoute({
      method: 'DELETE',
      path: '/projects/:id',
      summary: 'Delete a project with all that is in it',
      tag,
      ability: 'remove_project',
      status: 202,
      params: Type.Object(one),
      reply: Message,
      handler: async ({ project }) => {
        await deleteProject(db, project.id, clock());
        return { message: '202 Accepted' };
      },
    }),
  ];

  async function setHead(project: Row, branch: string): Promise<void> {
    checkBranchName(branch);
    const repository = repositories.of(project.id);
    const missing = !(await isEmpty(repository)) && !(await findBranchTip(repository, branch));
    if (missing)
      throw invalidRecord({
        base: [
          `Could not set the default branch. Do you have a branch named '${branch}' in your repository?`,
        ],
      });
    await setDefaultBranch(repository, branch);
  }
}

/** A quota is set for those who would store more. */
function requireAdmin(caller: Caller, { storage_limit }: { storage_limit?: number | null }): void {
  if (storage_limit !== undefined && !isAdmin(caller)) throw apiError('forbidden');
}

function requireOwner(role: Role, project: Row): void {
  const subject = { ...project, visibility: project.visibility as Visibility };
  if (!allowsOnProject('change_visibility_level', role, subject)) throw apiError('forbidden');
}

function checkBranchName(name: string): void {
  if (!isBranchName(name)) throw invalidRecord({ default_branch: ['is not a valid branch name'] });
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
