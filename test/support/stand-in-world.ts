/** What a stand-in for a GitLab has, and how its API shows it. */

/** A variable as whoever made it means it. */
export interface StandInVariable {
  key: string;
  value: string;
  variable_type?: 'env_var' | 'file';
  protected?: boolean;
  masked?: boolean;
  hidden?: boolean;
  raw?: boolean;
  environment_scope?: string;
}

export interface StandInProject {
  id: number;
  /** The title. */
  name: string;
  visibility: 'private' | 'internal' | 'public';
  /** A repository on this machine; null: it is empty. */
  repository: string | null;
  ci_config_path?: string | null;
  variables?: StandInVariable[];
  /** Names or wildcards. */
  protected_branches?: string[];
  protected_tags?: string[];
}

/** All that a GitLab has. */
export interface GitlabWorld {
  /** Who has which token, and what they may read besides code: `owner` variables of groups and projects, `admin` those of the server. */
  tokens: Record<string, 'admin' | 'owner' | 'developer'>;
  user: { id: number; username: string; name: string; email: string };
  version: { version: string; revision: string };
  variables: StandInVariable[];
  /** By full path, with their variables. */
  groups: Record<string, StandInVariable[]>;
  /** By full path. */
  projects: Record<string, StandInProject>;
  /** By name, without the ending. */
  templates: Record<string, string>;
}

/** As the API shows it. */
export const variableOf = (given: StandInVariable) => ({
  variable_type: given.variable_type ?? 'env_var',
  key: given.key,
  value: given.hidden ? null : given.value,
  hidden: given.hidden ?? false,
  protected: given.protected ?? false,
  masked: given.masked ?? false,
  raw: given.raw ?? false,
  environment_scope: given.environment_scope ?? '*',
  description: null,
});

/** None is hidden, and no environment is asked for. */
export function instanceVariable(given: StandInVariable) {
  const { hidden: _, environment_scope: __, ...told } = variableOf(given);
  return told;
}

export const lastOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

export function projectOf({ projects, groups }: GitlabWorld, project: StandInProject) {
  const path_with_namespace = Object.keys(projects).find((path) => projects[path] === project) ?? '';
  const full_path = path_with_namespace.slice(0, path_with_namespace.lastIndexOf('/'));
  const kind = full_path in groups ? 'group' : 'user';
  return {
    id: project.id,
    description: null,
    name: project.name,
    path: lastOf(path_with_namespace),
    path_with_namespace,
    ...(project.repository && { default_branch: 'main' }),
    namespace: { id: 40, name: lastOf(full_path), path: lastOf(full_path), kind, full_path, parent_id: null },
    visibility: project.visibility,
    ci_config_path: project.ci_config_path ?? '',
    ci_default_git_depth: 20,
    build_timeout: 3600,
  };
}
