import type { RetentionSettings } from '../db/rows/storage.ts';
import { insertMember } from '../access/member-store.ts';
import { nameProblems, pathOfName, projectPathProblems } from '../access/namespace-path.ts';
import type { Database, Transaction } from '../db/database.ts';
import { writeUnique } from '../db/write-unique.ts';
import { invalidRecord } from '../errors.ts';
import { addWork } from '../work/work-store.ts';
import { isFullPathTaken, lockNamespace, type Namespace } from './group-store.ts';
import { assignBuiltInRunner, insertProject, isProjectNameTaken, type Project } from './project-store.ts';
import { DEFAULT_BRANCH_RULE } from './may-update-ref.ts';
import { insertProtectedBranch } from './protected-ref-store.ts';
import { isWider } from './visibility.ts';

/** The kind of work that makes a repository whose making was interrupted. The key is the project's id. */
export const PROVISION_REPOSITORY = 'provision_repository';
/** The request that makes a project makes its repository too; later than this it did not live to do it. */
const PROVISION_AFTER = 60_000;

/** What can be set when a project is made, and changed afterwards. */
export type ProjectSettings = Partial<
  Pick<
    Project,
    | 'description'
    | 'visibility'
    | 'public_jobs'
    | 'builds_access_level'
    | 'ci_config_path'
    | 'ci_default_git_depth'
    | 'build_git_strategy'
    | 'build_timeout'
    | 'keep_latest_artifact'
    | 'ci_forward_deployment_enabled'
    | 'ci_forward_deployment_rollback_allowed'
    | 'auto_cancel_pending_pipelines'
    | 'ci_job_token_scope_enabled'
    | 'shared_runners_enabled'
    | 'priority'
    | 'runner_token_expiration_interval'
    | 'storage_limit'
    | keyof RetentionSettings
  >
>;

export interface NewProject {
  /** One of the two at least; the other is made of it. */
  name?: string;
  path?: string;
  /** Where it lies. The caller has checked that projects may be made there. */
  namespace_id: number;
  default_branch: string;
  settings: ProjectSettings;
}

/**
 * Makes a project without its repository, which the caller makes next (work makes it, should he die).
 * Maintainers push to the default branch. One made by an administrator may use the built-in runner.
 * @throws 400 with the texts by field
 */
export async function createProject(
  db: Database,
  given: NewProject,
  creator: { id: number; admin: 0 | 1 },
  now: number,
): Promise<Project> {
  const name = given.name ?? given.path ?? '';
  const path = given.path ?? pathOfName(name);
  return writeUnique(db, async (tx) => {
    const namespace = await lockNamespace(tx, given.namespace_id);
    if (!namespace) throw invalidRecord({ namespace: ['is not valid'] });
    const visibility = given.settings.visibility ?? 'private';
    const problems = await projectProblems(
      tx,
      { name, path, visibility, ...given.settings },
      namespace,
      null,
    );
    if (Object.keys(problems).length > 0) throw invalidRecord(problems);
    const project = await insertProject(tx, {
      ...given.settings,
      namespace_id: namespace.id,
      creator_id: creator.id,
      name,
      path,
      path_with_namespace: `${namespace.full_path}/${path}`,
      name_with_namespace: `${namespace.full_name} / ${name}`,
      visibility,
      description: given.settings.description ?? null,
      default_branch: given.default_branch,
      created_at: now,
      updated_at: now,
      last_activity_at: now,
    });
    await insertProtectedBranch(tx, {
      project_id: project.id,
      name: given.default_branch,
      ...DEFAULT_BRANCH_RULE,
    });
    await addOwner(tx, project.id, namespace, now);
    if (creator.admin === 1) await assignBuiltInRunner(tx, project.id);
    await addWork(tx, {
      kind: PROVISION_REPOSITORY,
      key: String(project.id),
      due_at: now + PROVISION_AFTER,
    });
    return project;
  });
}

/** The person in whose namespace a project lies is its owner, also by name in the list of members. */
async function addOwner(tx: Transaction, project_id: number, { owner_id }: Namespace, now: number) {
  if (owner_id === null) return;
  await insertMember(tx, {
    project_id,
    namespace_id: null,
    user_id: owner_id,
    access_level: 50,
    expires_at: null,
    created_by_id: owner_id,
    created_at: now,
  });
}

/** What is wrong with a project's fields, by field, in GitLab's words. `id` is its own when it exists. */
export async function projectProblems(
  tx: Transaction,
  given: Pick<Project, 'name' | 'path' | 'visibility'> & ProjectSettings,
  namespace: Namespace,
  id: number | null,
): Promise<Record<string, string[]>> {
  const problems: Record<string, string[]> = {};
  const add = (field: string, texts: string[]) => {
    if (texts.length > 0) problems[field] = [...(problems[field] ?? []), ...texts];
  };
  const taken = ['has already been taken'];
  add('name', nameProblems(given.name));
  if (await isProjectNameTaken(tx, namespace.id, given.name, id ?? 0)) add('name', taken);
  add('path', projectPathProblems(given.path));
  const full_path = `${namespace.full_path}/${given.path}`;
  if (await isFullPathTaken(tx, full_path, { project_id: id ?? 0 })) add('path', taken);
  if (namespace.kind === 'group' && isWider(given.visibility, namespace.visibility))
    add('visibility_level', [`${given.visibility} is not allowed in a ${namespace.visibility} group.`]);
  const { build_timeout, ci_default_git_depth, ci_config_path } = given;
  if (build_timeout !== undefined && (build_timeout < 600 || build_timeout >= 30 * 24 * 3600))
    add('build_timeout', ['needs to be between 10 minutes and 1 month']);
  if (ci_default_git_depth !== undefined && (ci_default_git_depth < 0 || ci_default_git_depth > 1000))
    add('ci_cd_settings.default_git_depth', [
      ci_default_git_depth < 0 ? 'must be greater than or equal to 0' : 'must be less than or equal to 1000',
    ]);
  if (ci_config_path && (/(^|\/)\.\.(\/|$)|^\//.test(ci_config_path) || ci_config_path.length > 255))
    add('ci_config_path', [
      ci_config_path.length > 255
        ? 'is too long (maximum is 255 characters)'
        : 'cannot include leading slash or directory traversal.',
    ]);
  return problems;
}
