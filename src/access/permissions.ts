/**
 * THE permissions table. Every route names one ability; a row says from which role on a caller has it,
 * for each visibility of the project or group it concerns. Facts: GitLab's permission tables.
 */
export const ROLES = [
  'anonymous',
  'outsider',
  'guest',
  'reporter',
  'developer',
  'maintainer',
  'owner',
  'admin',
] as const;
export type Role = (typeof ROLES)[number];
export type Visibility = 'private' | 'internal' | 'public';

type Row = Readonly<Record<Visibility, Role>>;

const from = (role: Role): Row => ({ private: role, internal: role, public: role });
/** Whoever may see the project: its members, every user when internal, everybody when public. */
const visible: Row = { private: 'guest', internal: 'outsider', public: 'anonymous' };
const visibleFrom = (role: Role): Row => ({ private: role, internal: 'outsider', public: 'anonymous' });

/** Abilities on a project. */
export const PROJECT = {
  read_project: visible,
  /** Code: a guest of a private project does not see it. */
  read_code: visibleFrom('reporter'),
  /** Jobs, their logs and artifacts, and pipelines; narrowed by `public_jobs` and `builds_access_level`. */
  read_build: visible,
  /** Why a job waits, which tells of the server's runners and how busy they are. */
  read_build_queue: from('reporter'),
  /** That a pipeline is there; narrowed by `builds_access_level` alone. */
  read_pipeline: visible,
  read_member: visible,
  create_pipeline: from('developer'),
  update_pipeline: from('developer'),
  read_pipeline_variables: from('developer'),
  destroy_pipeline: from('owner'),
  create_pipeline_schedule: from('developer'),
  /** One's own; of others, an administrator changes it and a maintainer takes or deletes it. */
  update_pipeline_schedule: from('developer'),
  update_build: from('developer'),
  cancel_build: from('developer'),
  erase_build: from('developer'),
  keep_job_artifacts: from('developer'),
  destroy_artifacts: from('maintainer'),
  push_code: from('developer'),
  /** What is released; the code of it, as its tag, asks for `read_code`. */
  read_release: visible,
  create_release: from('developer'),
  update_release: from('developer'),
  destroy_release: from('developer'),
  read_environment: visibleFrom('reporter'),
  create_environment: from('developer'),
  update_environment: from('developer'),
  /** Any of them, without looking at each; one is stopped by who may update it. */
  stop_environment: from('maintainer'),
  destroy_environment: from('developer'),
  read_deployment: visibleFrom('reporter'),
  create_deployment: from('developer'),
  update_deployment: from('developer'),
  destroy_deployment: from('maintainer'),
  /** The tokens with which pipelines are triggered. */
  manage_trigger: from('maintainer'),
  read_resource_group: from('developer'),
  update_resource_group: from('developer'),
  /** Their values too, but for hidden ones. */
  admin_cicd_variables: from('maintainer'),
  read_protected: from('maintainer'),
  admin_protected: from('maintainer'),
  read_project_runners: from('maintainer'),
  admin_project_runners: from('maintainer'),
  /** How much is stored, and what of it will go when. */
  read_statistics: from('reporter'),
  admin_project: from('maintainer'),
  admin_project_member: from('maintainer'),
  change_visibility_level: from('owner'),
  archive_project: from('owner'),
  remove_project: from('owner'),
} as const satisfies Record<string, Row>;

/** Abilities on a group. */
export const GROUP = {
  read_group: visible,
  read_group_member: visible,
  create_projects: from('developer'),
  create_subgroup: from('maintainer'),
  read_group_runners: from('maintainer'),
  admin_group_runners: from('owner'),
  admin_group_cicd_variables: from('owner'),
  admin_group: from('owner'),
  admin_group_member: from('owner'),
} as const satisfies Record<string, Row>;

/** Abilities on the server itself, from which role on (only anonymous, outsider and admin differ here). */
export const INSTANCE = {
  /** Anybody: health, version, the API's description, a list of what is public. */
  read_public: 'anonymous',
  /** Every user: what is a person's own. */
  read_own: 'outsider',
  read_users: 'outsider',
  create_project: 'outsider',
  create_group: 'outsider',
  create_runner: 'outsider',
  read_runner: 'outsider',
  update_runner: 'outsider',
  admin_users: 'admin',
  admin_runners: 'admin',
  admin_settings: 'admin',
  admin_instance_variables: 'admin',
} as const satisfies Record<string, Role>;

/** Abilities that a credential of its own gives, not a person: the route checks it. */
export const CREDENTIAL = [
  'runner_token',
  'registration_token',
  'job_token',
  'trigger_token',
  /** A password, or who else vouches for a person. */
  'sign_in',
  /** What stands in the address of a site. */
  'site_pass',
] as const;

export type ProjectAbility = keyof typeof PROJECT;
export type GroupAbility = keyof typeof GROUP;
export type InstanceAbility = keyof typeof INSTANCE;
export type CredentialAbility = (typeof CREDENTIAL)[number];
export type Ability = ProjectAbility | GroupAbility | InstanceAbility | CredentialAbility;

/** What `public_jobs: false` and a CI for members only close to those below this role. */
const JOBS_NOT_PUBLIC: Role = 'reporter';
const CI_FOR_MEMBERS: Role = 'guest';

/** What nobody does in an archived project: it is kept as it is. */
const CLOSED_BY_ARCHIVING: ReadonlySet<string> = new Set<ProjectAbility>([
  'create_environment',
  'update_environment',
  'stop_environment',
  'destroy_environment',
  'create_deployment',
  'update_deployment',
  'destroy_deployment',
  'update_resource_group',
  'create_pipeline',
  'update_pipeline',
  'create_pipeline_schedule',
  'update_pipeline_schedule',
  'update_build',
  'cancel_build',
  'keep_job_artifacts',
  'push_code',
  'create_release',
  'update_release',
  'destroy_release',
  'admin_protected',
]);

/** What nobody does in a project whose CI is switched off. */
const CLOSED_WITHOUT_CI: ReadonlySet<string> = new Set<ProjectAbility>([
  'read_environment',
  'create_environment',
  'update_environment',
  'stop_environment',
  'destroy_environment',
  'read_deployment',
  'create_deployment',
  'update_deployment',
  'destroy_deployment',
  'read_build',
  'read_build_queue',
  'read_pipeline',
  'create_pipeline',
  'update_pipeline',
  'read_pipeline_variables',
  'destroy_pipeline',
  'create_pipeline_schedule',
  'update_pipeline_schedule',
  'update_build',
  'cancel_build',
  'erase_build',
  'keep_job_artifacts',
  'destroy_artifacts',
  'manage_trigger',
]);

/** What a CI for members only closes to others. */
const OF_CI: ReadonlySet<string> = new Set<ProjectAbility>([
  'read_build',
  'read_pipeline',
  'read_environment',
  'read_deployment',
]);

export interface Subject {
  archived: 0 | 1;
  visibility: Visibility;
  public_jobs: 0 | 1;
  builds_access_level: string;
}

/** From which role on a caller has the ability on the project; null: nobody has it as the project is now. */
export function leastOnProject(ability: ProjectAbility, project: Subject): Role | null {
  if (project.archived === 1 && CLOSED_BY_ARCHIVING.has(ability)) return null;
  if (project.builds_access_level === 'disabled' && CLOSED_WITHOUT_CI.has(ability)) return null;
  let least: Role = PROJECT[ability][project.visibility];
  if (OF_CI.has(ability) && project.builds_access_level !== 'enabled') least = higher(least, CI_FOR_MEMBERS);
  if (ability === 'read_build' && project.public_jobs === 0) least = higher(least, JOBS_NOT_PUBLIC);
  return least;
}

/** Whether a caller of this role has the ability on the project. */
export function allowsOnProject(ability: ProjectAbility, role: Role, project: Subject): boolean {
  const least = leastOnProject(ability, project);
  return least !== null && reaches(role, least);
}

/** Whether a caller of this role has the ability on the group. */
export function allowsOnGroup(ability: GroupAbility, role: Role, visibility: Visibility): boolean {
  return reaches(role, GROUP[ability][visibility]);
}

/** Whether a caller (anonymous, any user, an administrator) has the ability on the server. */
export function allowsOnInstance(ability: InstanceAbility, role: Role): boolean {
  return reaches(role, INSTANCE[ability]);
}

/** Whether `role` is `least` or above it. */
export function reaches(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

const higher = (a: Role, b: Role) => (reaches(a, b) ? a : b);

/** GitLab's numbers of the roles that a member can have. */
export const ACCESS_LEVELS = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;

/** The role of a member with this access level (0: no member). */
export function roleOfLevel(access_level: number): Role {
  let role: Role = 'outsider';
  for (const [name, level] of Object.entries(ACCESS_LEVELS) as [Role, number][])
    if (access_level >= level) role = name;
  return role;
}
