/** Every address of the app, in GitLab's shapes; no page builds one of its own. */
const segments = (path: string) => path.split('/').map(encodeURIComponent).join('/');
const project = (fullPath: string) => `/${segments(fullPath)}`;
const query = (values: Record<string, string | null | undefined>) => {
  const given = Object.entries(values).filter((pair): pair is [string, string] => !!pair[1]);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

export const addresses = {
  home: () => '/',
  signIn: (redirectTo?: string) => `/users/sign_in${query({ redirect_to: redirectTo })}`,
  password: (redirectTo?: string) => `/-/user_settings/password${query({ redirect_to: redirectTo })}`,
  newProject: (namespace?: string) => `/projects/new${query({ namespace })}`,
  groups: () => '/dashboard/groups',
  newGroup: (parent?: string) => `/groups/new${query({ parent })}`,
  group: (fullPath: string) => `/groups/${segments(fullPath)}`,
  groupRunners: (fullPath: string) => `/groups/${segments(fullPath)}/-/runners`,
  groupSettings: (fullPath: string) => `/groups/${segments(fullPath)}/-/settings/ci_cd`,
  instanceRunners: () => '/admin/runners',
  instanceSettings: () => '/admin/application_settings/ci_cd',

  project,
  tree: (fullPath: string, ref: string, path = '') =>
    `${project(fullPath)}/-/tree/${segments(ref)}${path === '' ? '' : `/${segments(path)}`}`,
  blob: (fullPath: string, ref: string, path: string) =>
    `${project(fullPath)}/-/blob/${segments(ref)}/${segments(path)}`,
  /** A file's bytes, given out by the server: no page of the app. */
  raw: (fullPath: string, ref: string, path: string) =>
    `${project(fullPath)}/-/raw/${segments(ref)}/${segments(path)}`,
  branches: (fullPath: string) => `${project(fullPath)}/-/branches`,
  commits: (fullPath: string, ref: string, path = '') =>
    `${project(fullPath)}/-/commits/${segments(ref)}${path === '' ? '' : `/${segments(path)}`}`,
  commit: (fullPath: string, sha: string) => `${project(fullPath)}/-/commit/${sha}`,
  pipelines: (fullPath: string, filters: Record<string, string | undefined> = {}) =>
    `${project(fullPath)}/-/pipelines${query(filters)}`,
  newPipeline: (fullPath: string, ref?: string) => `${project(fullPath)}/-/pipelines/new${query({ ref })}`,
  pipeline: (fullPath: string, id: number, view?: string) =>
    `${project(fullPath)}/-/pipelines/${id}${query({ view })}`,
  jobs: (fullPath: string) => `${project(fullPath)}/-/jobs`,
  job: (fullPath: string, id: number) => `${project(fullPath)}/-/jobs/${id}`,
  compareAttempts: (fullPath: string, id: number, compare: string) =>
    `${project(fullPath)}/-/jobs/${id}${query({ compare })}`,
  jobArtifacts: (fullPath: string, id: number, path = '') =>
    `${project(fullPath)}/-/jobs/${id}/artifacts/browse${path === '' ? '' : `/${segments(path)}`}`,
  runners: (fullPath: string) => `${project(fullPath)}/-/runners`,
  settings: (fullPath: string) => `${project(fullPath)}/-/settings/ci_cd`,
} as const;
