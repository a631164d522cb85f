/**
 * Who may call what, written by hand from GitLab's documentation and never imported by the server: a
 * second opinion on src/access/permissions.ts. A line a route; decide.ts says what a line means.
 */
export type Role =
  'anonymous' | 'outsider' | 'guest' | 'reporter' | 'developer' | 'maintainer' | 'owner' | 'admin';
export type Visibility = 'private' | 'internal' | 'public';
/** From which role on, by visibility. */
type Least = Record<Visibility, Role>;

interface Line {
  /**
   * The status of whoever may: 404 where the call names something that is not there, so that it changes nothing;
   * `hidden` where that is another project or group.
   */
  ok: number | 'hidden';
  body?: object;
  /** Beginning with `?`. */
  query?: string;
  /** What stands for the names of the path besides `:id`. Unless said: the project's job and pipeline, else 999999. */
  names?: Record<string, string>;
  /** A GET that asks nobody's data without credentials, whatever the visibility. Always so for other methods. */
  authenticates?: true;
  /** A job token is a credential here. */
  jobToken?: true;
  /** It opens to every scope, also to `read_api` where it changes something. */
  anyScope?: true;
  /** What those get who may not, instead of 403. */
  refused?: 401;
  /** Success uses the subject up, or the caller's token: so it is asked for on one of its own. */
  consumes?: 'subject' | 'token';
}

export interface ProjectLine extends Line {
  project: Least;
  /**
   * `closed`: jobs are closed to those below reporter when they are not public, and to outsiders when CI is
   * for members. `emptied`: in the first case the list is there, but empty. `members`: only the second closes it.
   */
  jobs?: 'closed' | 'emptied' | 'members';
}
export interface GroupLine extends Line {
  group: Least;
}
/** On a runner of the project: who may not see it is told so. */
export interface RunnerLine extends Line {
  runner: Role;
}
export interface ServerLine extends Line {
  server: 'anonymous' | 'outsider' | 'admin';
}
/** Only the job token of a running job is anybody. */
export interface JobLine extends Line {
  job: true;
}
/** What the request carries of its own counts, and who sends it does not: all get `ok`. */
export interface OwnLine extends Line {
  own: true;
  /** A personal token that is sent besides must be good. */
  checksToken?: true;
  anonymous?: 401;
}
export type Expected = ProjectLine | GroupLine | RunnerLine | ServerLine | JobLine | OwnLine;

const visible: Least = { private: 'guest', internal: 'outsider', public: 'anonymous' };
const from = (role: Role): Least => ({ private: role, internal: role, public: role });
const reads = { project: visible, jobs: 'closed', ok: 200 } as const;
const artifacts = { project: visible, jobs: 'closed', jobToken: true, ok: 404 } as const;
const schedules = { ...reads, authenticates: true, ok: 404 } as const;
const developer = { project: from('developer'), ok: 404 } as const;
const code = {
  project: { private: 'reporter', internal: 'outsider', public: 'anonymous' },
  ok: 200,
} as const;
const pushes = { project: from('developer'), ok: 400 } as const;
const protects = { project: from('maintainer'), authenticates: true } as const;
const places = {
  project: { private: 'reporter', internal: 'outsider', public: 'anonymous' },
  jobs: 'members',
  authenticates: true,
  jobToken: true,
  ok: 404,
} as const;
const deploys = { project: from('developer'), jobToken: true, ok: 404 } as const;
const groups = { project: from('developer'), authenticates: true, ok: 404 } as const;
const variables = { project: from('maintainer'), authenticates: true, ok: 404 } as const;
const groupVariables = { group: from('owner'), authenticates: true, ok: 404 } as const;
const serverVariables = { server: 'admin', ok: 404 } as const;
const triggers = { project: from('maintainer'), authenticates: true, ok: 404 } as const;
const toBranch = { branch: 'none', commit_message: 'A change' };
const unknown = { job_id: '999999', pipeline_id: '999999' };
const nobody = { user_id: '999999' };
const own = { own: true } as const;
const foreign = { body: { token: 'glrt-unknown' } };

export const EXPECTED: Record<string, Expected> = {
  'GET /version': { server: 'outsider', ok: 200 },
  'GET /metadata': { server: 'outsider', ok: 200 },
  'GET /openapi.json': { server: 'anonymous', ok: 200 },
  'GET /abilities': { server: 'anonymous', ok: 200 },
  'GET /-/health': { server: 'anonymous', ok: 200 },
  'GET /-/liveness': { server: 'anonymous', ok: 200 },
  'GET /-/readiness': { server: 'anonymous', ok: 200 },
  'GET /-/metrics': { server: 'anonymous', ok: 200 },
  'GET /-/pages/:id': { ...artifacts, ok: 302 },
  'GET /-/pages/:id/': { ...artifacts, ok: 302 },
  'GET /-/pages/:id/:page+': artifacts,
  'GET /-/site/:pass/:page+': { ...own, ok: 404 },
  'GET /.well-known/openid-configuration': { server: 'anonymous', ok: 200 },
  'GET /oauth/discovery/keys': { server: 'anonymous', ok: 200 },

  'GET /session': { server: 'anonymous', ok: 200 },
  'POST /session': { ...own, ok: 400 },
  'DELETE /session': { server: 'outsider', ok: 204 },
  'GET /users/auth/openid_connect': { ...own, ok: 404 },
  'GET /users/auth/openid_connect/callback': { ...own, ok: 404 },
  'DELETE /users/:id/identities/:provider': { server: 'admin', ok: 404 },
  'PUT /user/password': {
    server: 'outsider',
    ok: 400,
    body: { current_password: 'wrong', password: 'long enough' },
  },
  'GET /user': { server: 'outsider', ok: 200 },
  'GET /users': { server: 'outsider', ok: 200 },
  'GET /users/:id': { server: 'outsider', ok: 404 },
  'POST /users': {
    server: 'admin',
    ok: 409,
    body: { name: 'A', username: 'root', email: 'r@x', password: 'long enough' },
  },
  'PUT /users/:id': { server: 'admin', ok: 404, body: { name: 'A' } },
  'DELETE /users/:id': { server: 'admin', ok: 404 },
  'POST /users/:id/block': { server: 'admin', ok: 404 },
  'POST /users/:id/unblock': { server: 'admin', ok: 404 },
  'POST /users/:id/activate': { server: 'admin', ok: 404 },
  'POST /users/:id/deactivate': { server: 'admin', ok: 404 },
  'GET /users/:id/projects': { server: 'anonymous', ok: 404 },

  'POST /users/:id/personal_access_tokens': {
    server: 'admin',
    ok: 404,
    body: { name: 'x', scopes: ['api'] },
  },
  'POST /user/personal_access_tokens': {
    server: 'outsider',
    ok: 201,
    body: { name: 'x', scopes: ['k8s_proxy'] },
  },
  'GET /personal_access_tokens': { server: 'outsider', ok: 200 },
  'GET /personal_access_tokens/self': { server: 'outsider', ok: 200 },
  'POST /personal_access_tokens/self/rotate': { server: 'outsider', ok: 200, consumes: 'token' },
  'DELETE /personal_access_tokens/self': { server: 'outsider', ok: 204, anyScope: true, consumes: 'token' },
  // Others are told that they are nobody, an administrator that there is none such.
  'GET /personal_access_tokens/:id': { server: 'admin', ok: 404, refused: 401 },
  'POST /personal_access_tokens/:id/rotate': { server: 'admin', ok: 404, refused: 401 },
  'DELETE /personal_access_tokens/:id': { server: 'admin', ok: 404, refused: 401 },

  'GET /namespaces': { server: 'outsider', ok: 200 },
  'GET /namespaces/:id': { server: 'outsider', ok: 404 },

  'GET /groups': { server: 'anonymous', ok: 200 },
  'POST /groups': { server: 'outsider', ok: 400, body: { name: 'api', path: 'api' } },
  'GET /groups/:id/abilities': { group: visible, ok: 200 },
  'GET /groups/:id': { group: visible, ok: 200 },
  'PUT /groups/:id': { group: from('owner'), ok: 200, body: { description: 'x' } },
  'DELETE /groups/:id': { group: from('owner'), ok: 202, consumes: 'subject' },
  'GET /groups/:id/subgroups': { group: visible, ok: 200 },
  'GET /groups/:id/descendant_groups': { group: visible, ok: 200 },
  'GET /groups/:id/projects': { group: visible, ok: 200 },
  'GET /groups/:id/members': { group: visible, authenticates: true, ok: 200 },
  'GET /groups/:id/members/all': { group: visible, authenticates: true, ok: 200 },
  'GET /groups/:id/members/:user_id': { group: visible, authenticates: true, ok: 404, names: nobody },
  'GET /groups/:id/members/all/:user_id': { group: visible, authenticates: true, ok: 404, names: nobody },
  'POST /groups/:id/members': { group: from('owner'), ok: 404, body: { user_id: 999999, access_level: 10 } },
  'PUT /groups/:id/members/:user_id': {
    group: from('owner'),
    ok: 404,
    body: { access_level: 10 },
    names: nobody,
  },
  'DELETE /groups/:id/members/:user_id': { group: from('owner'), ok: 404, names: nobody },
  'GET /groups/:id/runners': { group: from('maintainer'), authenticates: true, ok: 200 },
  'POST /groups/:id/runners/reset_registration_token': { group: from('owner'), ok: 201 },

  'GET /projects': { server: 'anonymous', ok: 200 },
  'POST /projects': { server: 'outsider', ok: 400, body: { name: '/' } },
  'GET /projects/:id/abilities': { project: visible, ok: 200 },
  'GET /projects/:id': { project: visible, ok: 200 },
  'PUT /projects/:id': { project: from('maintainer'), ok: 200, body: { description: 'x' } },
  'DELETE /projects/:id': { project: from('owner'), ok: 202, consumes: 'subject' },
  'POST /projects/:id/archive': { project: from('owner'), ok: 201, consumes: 'subject' },
  'POST /projects/:id/unarchive': { project: from('owner'), ok: 201 },
  'GET /projects/:id/members': { project: visible, authenticates: true, ok: 200 },
  'GET /projects/:id/members/all': { project: visible, authenticates: true, ok: 200 },
  'GET /projects/:id/members/:user_id': { project: visible, authenticates: true, ok: 404, names: nobody },
  'GET /projects/:id/members/all/:user_id': { project: visible, authenticates: true, ok: 404, names: nobody },
  'POST /projects/:id/members': {
    project: from('maintainer'),
    ok: 404,
    body: { user_id: 999999, access_level: 10 },
  },
  'PUT /projects/:id/members/:user_id': {
    project: from('maintainer'),
    ok: 404,
    body: { access_level: 10 },
    names: nobody,
  },
  'DELETE /projects/:id/members/:user_id': { project: from('maintainer'), ok: 404, names: nobody },

  'GET /projects/:id/repository/branches': { ...code, jobToken: true },
  'GET /projects/:id/repository/branches/:branch': { ...code, jobToken: true, ok: 404 },
  'POST /projects/:id/repository/branches': { ...pushes, body: { branch: 'x', ref: 'none' } },
  'DELETE /projects/:id/repository/branches/:branch': { ...pushes, ok: 404 },
  'DELETE /projects/:id/repository/merged_branches': { ...pushes, ok: 202 },
  'GET /projects/:id/repository/tags': { ...code, jobToken: true },
  'GET /projects/:id/repository/tags/:tag_name': { ...code, jobToken: true, ok: 404 },
  'POST /projects/:id/repository/tags': { ...pushes, body: { tag_name: 'x', ref: 'none' } },
  'DELETE /projects/:id/repository/tags/:tag_name': { ...pushes, ok: 404 },
  'GET /projects/:id/releases': { project: visible, jobToken: true, ok: 200 },
  'GET /projects/:id/releases/:tag_name': { ...code, jobToken: true, ok: 404 },
  'GET /projects/:id/releases/:tag_name/downloads/:direct_asset_path+': { ...code, jobToken: true, ok: 404 },
  'GET /projects/:id/releases/permalink/latest': { ...code, jobToken: true, ok: 404 },
  'GET /projects/:id/releases/permalink/latest/:suffix_path+': { ...code, jobToken: true, ok: 404 },
  'POST /projects/:id/releases': { ...pushes, jobToken: true, body: { tag_name: 'x', ref: 'none' } },
  'PUT /projects/:id/releases/:tag_name': { ...pushes, jobToken: true, ok: 404, body: { name: 'x' } },
  'DELETE /projects/:id/releases/:tag_name': { ...pushes, jobToken: true, ok: 404 },
  'GET /projects/:id/releases/:tag_name/assets/links': { project: visible, jobToken: true, ok: 404 },
  'GET /projects/:id/releases/:tag_name/assets/links/:link_id': { project: visible, jobToken: true, ok: 404 },
  'POST /projects/:id/releases/:tag_name/assets/links': {
    ...pushes,
    jobToken: true,
    ok: 404,
    body: { name: 'x', url: 'https://example.test' },
  },
  'PUT /projects/:id/releases/:tag_name/assets/links/:link_id': {
    ...pushes,
    jobToken: true,
    ok: 404,
    body: { name: 'x' },
  },
  'DELETE /projects/:id/releases/:tag_name/assets/links/:link_id': { ...pushes, jobToken: true, ok: 404 },
  'GET /projects/:id/repository/commits': code,
  'POST /projects/:id/repository/commits': { ...pushes, body: { ...toBranch, actions: [] } },
  'GET /projects/:id/repository/commits/:sha': { ...code, jobToken: true, ok: 404 },
  'GET /projects/:id/repository/commits/:sha/refs': { ...code, ok: 404 },
  'GET /projects/:id/repository/files/:file_path': { ...code, ok: 404, query: '?ref=none' },
  'GET /projects/:id/repository/files/:file_path/raw': { ...code, jobToken: true, ok: 404 },
  'POST /projects/:id/repository/files/:file_path': { ...pushes, body: { ...toBranch, content: 'x' } },
  'PUT /projects/:id/repository/files/:file_path': { ...pushes, body: { ...toBranch, content: 'x' } },
  'DELETE /projects/:id/repository/files/:file_path': { ...pushes, body: toBranch },
  'GET /projects/:id/repository/tree': code,
  'GET /projects/:id/repository/blobs/:sha': { ...code, ok: 404 },
  'GET /projects/:id/repository/blobs/:sha/raw': { ...code, ok: 404 },
  'GET /projects/:id/protected_branches': { ...protects, ok: 200 },
  'GET /projects/:id/protected_branches/:name': { ...protects, ok: 404 },
  'POST /projects/:id/protected_branches': { ...protects, ok: 409, body: { name: 'main' } },
  'PATCH /projects/:id/protected_branches/:name': { ...protects, ok: 404, body: { allow_force_push: true } },
  'DELETE /projects/:id/protected_branches/:name': { ...protects, ok: 404 },
  'GET /projects/:id/protected_tags': { ...protects, ok: 200 },
  'GET /projects/:id/protected_tags/:name': { ...protects, ok: 404 },
  'POST /projects/:id/protected_tags': { ...protects, ok: 201, body: { name: 'v*' }, consumes: 'subject' },
  'DELETE /projects/:id/protected_tags/:name': { ...protects, ok: 404 },

  'GET /projects/:id/jobs': { ...reads, authenticates: true, jobToken: true },
  'GET /projects/:id/jobs/:job_id': { ...reads, authenticates: true },
  'GET /projects/:id/jobs/:job_id/attempts': reads,
  'GET /projects/:id/jobs/:job_id/queue': { project: from('reporter'), jobs: 'closed', ok: 200 },
  'GET /projects/:id/jobs/:job_id/variables': {
    project: from('developer'),
    authenticates: true,
    names: unknown,
    ok: 404,
  },
  'GET /projects/:id/jobs/:job_id/trace/index': { ...reads, authenticates: true, ok: 404 },
  'GET /projects/:id/jobs/:job_id/trace/lines': { ...reads, authenticates: true, ok: 404 },
  // Refused for want of `Accept`: it would go on for ever.
  'GET /projects/:id/events/stream': { ...reads, ok: 406 },
  'GET /events/stream': { server: 'anonymous', ok: 406 },
  'GET /projects/:id/jobs/:job_id/trace': { ...reads, authenticates: true, ok: 404 },
  'POST /projects/:id/jobs/:job_id/cancel': { ...developer, names: unknown },
  'POST /projects/:id/jobs/:job_id/retry': { ...developer, names: unknown },
  'POST /projects/:id/jobs/:job_id/play': { ...developer, names: unknown },
  'POST /projects/:id/jobs/:job_id/erase': { ...developer, names: unknown },
  'POST /projects/:id/jobs/:job_id/artifacts/keep': { ...developer, names: unknown },
  'GET /projects/:id/jobs/:job_id/artifacts': artifacts,
  'GET /projects/:id/jobs/:job_id/artifacts/tree': artifacts,
  'GET /projects/:id/jobs/:job_id/artifacts/:artifact_path+': { ...artifacts, names: { artifact_path: 'a' } },
  'GET /projects/:id/jobs/artifacts/:ref_name+/download': {
    ...artifacts,
    names: { ref_name: 'none' },
    query: '?job=unit',
  },
  'GET /projects/:id/jobs/artifacts/:ref_name+/raw/:artifact_path+': {
    ...artifacts,
    names: { ref_name: 'none', artifact_path: 'a' },
    query: '?job=unit',
  },
  'DELETE /projects/:id/jobs/:job_id/artifacts': { project: from('maintainer'), ok: 404, names: unknown },
  'DELETE /projects/:id/artifacts': { project: from('maintainer'), ok: 202 },
  'GET /job': { job: true, ok: 200 },
  'GET /job/allowed_agents': { job: true, ok: 200 },

  'GET /projects/:id/pipelines': reads,
  'GET /projects/:id/pipelines/latest': reads,
  'GET /projects/:id/pipelines/:pipeline_id': reads,
  'GET /projects/:id/pipelines/:pipeline_id/jobs': { ...reads, jobs: 'emptied', jobToken: true },
  'GET /projects/:id/pipeline/:pipeline_id/jobs': { ...reads, jobs: 'emptied', jobToken: true },
  'GET /projects/:id/pipelines/:pipeline_id/bridges': reads,
  'GET /projects/:id/pipelines/:pipeline_id/graph': reads,
  'GET /projects/:id/pipelines/:pipeline_id/test_report': reads,
  'GET /projects/:id/pipelines/:pipeline_id/test_report_summary': reads,
  'GET /projects/:id/pipelines/:pipeline_id/coverage_report': reads,
  'GET /projects/:id/test_report/history': reads,
  'GET /projects/:id/storage': { project: from('reporter'), authenticates: true, ok: 200 },
  'GET /projects/:id/pipelines/:pipeline_id/variables': { project: from('developer'), ok: 200 },
  'POST /projects/:id/ci/lint': { project: from('developer'), ok: 200, body: { content: 'a: {script: b}' } },
  'GET /projects/:id/ci/lint': code,
  'POST /projects/:id/ci/explain': {
    project: from('developer'),
    ok: 200,
    body: { content: 'a: {script: b}' },
  },
  'GET /projects/:id/ci/run_form': { project: from('developer'), authenticates: true, ok: 200 },
  'GET /projects/:id/pipelines/:pipeline_id/explain': { ...code, jobs: 'closed', ok: 404 },
  'GET /projects/:id/pipelines/:pipeline_id/configuration': { ...code, jobs: 'closed', ok: 404 },
  'POST /projects/:id/pipeline': { project: from('developer'), ok: 400, body: { ref: 'none' } },
  'POST /projects/:id/pipelines/:pipeline_id/retry': { ...developer, names: unknown },
  'POST /projects/:id/pipelines/:pipeline_id/cancel': { ...developer, names: unknown },
  'PUT /projects/:id/pipelines/:pipeline_id/priority': {
    ...developer,
    names: unknown,
    body: { priority: 0 },
  },
  'PUT /projects/:id/pipelines/:pipeline_id/metadata': {
    ...developer,
    jobToken: true,
    names: unknown,
    body: { name: 'x' },
  },
  'DELETE /projects/:id/pipelines/:pipeline_id': { project: from('owner'), ok: 404, names: unknown },

  'GET /projects/:id/job_token_scope': { ...triggers, ok: 200 },
  'PATCH /projects/:id/job_token_scope': { ...triggers, ok: 204, body: { enabled: true } },
  'GET /projects/:id/job_token_scope/allowlist': { ...triggers, ok: 200 },
  'POST /projects/:id/job_token_scope/allowlist': {
    ...triggers,
    ok: 'hidden',
    body: { target_project_id: 999_999 },
  },
  'DELETE /projects/:id/job_token_scope/allowlist/:target_project_id': triggers,
  'GET /projects/:id/job_token_scope/groups_allowlist': { ...triggers, ok: 200 },
  'POST /projects/:id/job_token_scope/groups_allowlist': {
    ...triggers,
    ok: 'hidden',
    body: { target_group_id: 999_999 },
  },
  'DELETE /projects/:id/job_token_scope/groups_allowlist/:target_group_id': triggers,
  'GET /projects/:id/variables': { ...variables, ok: 200 },
  'GET /projects/:id/variables/:key': variables,
  'POST /projects/:id/variables': { ...variables, ok: 400, body: { key: '', value: 'x' } },
  'PUT /projects/:id/variables/:key': variables,
  'DELETE /projects/:id/variables/:key': variables,
  'GET /groups/:id/variables': { ...groupVariables, ok: 200 },
  'GET /groups/:id/variables/:key': groupVariables,
  'POST /groups/:id/variables': { ...groupVariables, ok: 400, body: { key: '', value: 'x' } },
  'PUT /groups/:id/variables/:key': groupVariables,
  'DELETE /groups/:id/variables/:key': groupVariables,
  'GET /admin/ci/variables': { ...serverVariables, ok: 200 },
  'GET /admin/ci/variables/:key': serverVariables,
  'POST /admin/ci/variables': { ...serverVariables, ok: 400, body: { key: '', value: 'x' } },
  'PUT /admin/ci/variables/:key': serverVariables,
  'DELETE /admin/ci/variables/:key': serverVariables,
  'GET /projects/:id/triggers': { ...triggers, ok: 200 },
  'GET /projects/:id/triggers/:trigger_id': triggers,
  'POST /projects/:id/triggers': { ...triggers, ok: 201, body: { description: 'x' } },
  'PUT /projects/:id/triggers/:trigger_id': triggers,
  'POST /projects/:id/triggers/:trigger_id/take_ownership': triggers,
  'DELETE /projects/:id/triggers/:trigger_id': triggers,
  'POST /projects/:id/trigger/pipeline': { ...own, ok: 404, body: { ref: 'main', token: 'unknown' } },
  'POST /projects/:id/ref/:ref+/trigger/pipeline': { ...own, ok: 404, query: '?token=unknown' },

  'GET /projects/:id/pipeline_schedules': { ...reads, authenticates: true },
  'GET /projects/:id/pipeline_schedules/:pipeline_schedule_id': schedules,
  'GET /projects/:id/pipeline_schedules/:pipeline_schedule_id/pipelines': schedules,
  'POST /projects/:id/pipeline_schedules': {
    ...developer,
    ok: 400,
    body: { description: 'x', ref: 'main', cron: 'never' },
  },
  'PUT /projects/:id/pipeline_schedules/:pipeline_schedule_id': developer,
  'DELETE /projects/:id/pipeline_schedules/:pipeline_schedule_id': developer,
  'POST /projects/:id/pipeline_schedules/:pipeline_schedule_id/take_ownership': developer,
  'POST /projects/:id/pipeline_schedules/:pipeline_schedule_id/play': developer,
  'POST /projects/:id/pipeline_schedules/:pipeline_schedule_id/variables': {
    ...developer,
    body: { key: 'A', value: 'a' },
  },
  'GET /projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key': {
    ...developer,
    authenticates: true,
  },
  'PUT /projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key': developer,
  'DELETE /projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key': developer,

  'GET /application/settings': { server: 'admin', ok: 200 },
  'PUT /application/settings': {
    server: 'admin',
    ok: 200,
    body: { allow_runner_registration_token: true },
  },

  'GET /projects/:id/environments': { ...places, ok: 200 },
  'GET /projects/:id/environments/:environment_id': places,
  'POST /projects/:id/environments': { ...deploys, ok: 400, body: { name: '/' } },
  'PUT /projects/:id/environments/:environment_id': deploys,
  'DELETE /projects/:id/environments/review_apps': { ...deploys, ok: 400 },
  'DELETE /projects/:id/environments/:environment_id': deploys,
  'POST /projects/:id/environments/stop_stale': {
    project: from('maintainer'),
    jobToken: true,
    ok: 400,
    body: { before: '1999-01-01' },
  },
  'POST /projects/:id/environments/:environment_id/stop': deploys,
  'GET /projects/:id/deployments': { ...places, ok: 200 },
  'GET /projects/:id/deployments/:deployment_id': places,
  'POST /projects/:id/deployments': {
    ...deploys,
    ok: 400,
    body: { environment: '/', sha: 'a', ref: 'none', tag: false, status: 'success' },
  },
  'PUT /projects/:id/deployments/:deployment_id': { ...deploys, body: { status: 'success' } },
  'DELETE /projects/:id/deployments/:deployment_id': { project: from('maintainer'), jobToken: true, ok: 404 },

  'GET /projects/:id/resource_groups': { ...groups, ok: 200 },
  'GET /projects/:id/resource_groups/:key': groups,
  'GET /projects/:id/resource_groups/:key/current_job': groups,
  'GET /projects/:id/resource_groups/:key/upcoming_jobs': groups,
  'PUT /projects/:id/resource_groups/:key': groups,

  'GET /runners': { server: 'outsider', ok: 200 },
  'GET /runners/all': { server: 'admin', ok: 200 },
  'POST /user/runners': { server: 'outsider', ok: 400, body: { runner_type: 'project_type' } },
  'POST /runners/reset_registration_token': { server: 'admin', ok: 201 },
  'GET /runners/:id': { runner: 'maintainer', ok: 200 },
  'GET /runners/:id/managers': { runner: 'maintainer', ok: 200 },
  'GET /runners/:id/jobs': { runner: 'maintainer', ok: 200 },
  'PUT /runners/:id': { runner: 'maintainer', ok: 200, body: { description: 'x' } },
  'POST /runners/:id/reset_authentication_token': { runner: 'maintainer', ok: 201 },
  'DELETE /runners/:id': { runner: 'maintainer', ok: 204, consumes: 'subject' },
  'GET /projects/:id/runners': { project: from('maintainer'), authenticates: true, ok: 200 },
  'POST /projects/:id/runners': { project: from('maintainer'), ok: 404, body: { runner_id: 999999 } },
  'DELETE /projects/:id/runners/:runner_id': { project: from('maintainer'), ok: 404 },
  'POST /projects/:id/runners/reset_registration_token': { project: from('maintainer'), ok: 201 },

  'POST /runners': { ...own, ok: 403, body: { token: 'unknown' } },
  'DELETE /runners': { ...own, ok: 403, ...foreign },
  'DELETE /runners/managers': { ...own, ok: 403, body: { token: 'glrt-unknown', system_id: 's' } },
  'POST /runners/verify': { ...own, ok: 403, ...foreign },
  'POST /runners/reset_authentication_token': { ...own, ok: 403, ...foreign },
  'GET /runners/router/discovery': { ...own, ok: 501 },
  'POST /jobs/request': { ...own, ok: 403, ...foreign },
  'PUT /jobs/:id': { ...own, checksToken: true, ok: 403, body: { token: 'unknown' } },
  'PATCH /jobs/:id/trace': { ...own, checksToken: true, ok: 403, query: '?token=unknown' },
  'POST /jobs/:id/artifacts': { ...own, checksToken: true, ok: 403, query: '?token=unknown' },
  'POST /jobs/:id/artifacts/authorize': { ...own, checksToken: true, ok: 403, query: '?token=unknown' },
  'GET /jobs/:id/artifacts': { ...own, checksToken: true, anonymous: 401, ok: 403, query: '?token=unknown' },
};
