export type Scope = 'server' | 'group' | 'project';

/** An address of the app, and the page that it shows. Plain, for the build reads it as well. */
export interface Pattern {
  scope: Scope;
  /** Which part of the navigation it belongs to. */
  section: string;
  /** Its groups are what the page is told of its address. */
  pattern: RegExp;
  /** The folder in pages/. */
  page: string;
  /** What it asks the API for at once, besides what each page does: the HTML has a browser fetch that ahead. */
  asks?: readonly string[];
}

/** The same that each page asks for, by its scope: `ask-first.ts` does. */
export const ALL_ASK: Record<Scope, readonly string[]> = {
  server: ['/api/v4/session', '/api/v4/abilities'],
  group: ['/api/v4/session', '/api/v4/groups/{fullPath}/abilities'],
  project: ['/api/v4/session', '/api/v4/projects/{fullPath}', '/api/v4/projects/{fullPath}/abilities'],
};

const inProject = (section: string, rest: RegExp, page: string, asks: readonly string[] = []): Pattern => ({
  scope: 'project',
  section,
  pattern: new RegExp(`^/(?<fullPath>[^/]+(?:/[^/]+)+?)/-/${rest.source}/?$`),
  page,
  asks,
});
const inGroup = (section: string, rest: RegExp, page: string): Pattern => ({
  scope: 'group',
  section,
  pattern: new RegExp(`^/groups/(?<fullPath>.+?)/-/${rest.source}/?$`),
  page,
});
const onServer = (section: string, path: RegExp, page: string): Pattern => ({
  scope: 'server',
  section,
  pattern: new RegExp(`^/${path.source}/?$`),
  page,
});

/** First match first. GitLab's addresses, since statuses, mails and habits point there. */
export const PATTERNS: readonly Pattern[] = [
  onServer('projects', /(?:dashboard|dashboard\/projects|explore)?/, 'projects'),
  onServer('sign-in', /users\/sign_in/, 'sign-in'),
  onServer('account', /-\/user_settings\/password/, 'password'),
  onServer('projects', /projects\/new/, 'new-project'),
  onServer('groups', /dashboard\/groups/, 'groups'),
  onServer('groups', /groups\/new/, 'new-group'),
  onServer('runners', /admin\/runners/, 'runners'),
  onServer('variables', /admin\/application_settings\/ci_cd/, 'variables'),
  inGroup('runners', /runners/, 'runners'),
  inGroup('variables', /settings\/ci_cd/, 'variables'),
  { scope: 'group', section: 'overview', pattern: /^\/groups\/(?<fullPath>.+?)\/?$/, page: 'group' },
  inProject('pipelines', /pipelines/, 'pipelines'),
  inProject('pipelines', /pipelines\/new/, 'new-pipeline'),
  inProject('pipelines', /pipelines\/(?<id>\d+)(?:\/(?<view>[a-z_]+))?/, 'pipeline', [
    '/api/v4/projects/{fullPath}/pipelines/{id}/graph',
  ]),
  inProject('jobs', /jobs/, 'jobs'),
  inProject('jobs', /jobs\/(?<id>\d+)(?:\/artifacts\/(?:browse|file)(?:\/(?<artifact>.*))?)?/, 'job'),
  inProject('code', /tree\/(?<rest>.+)/, 'files'),
  inProject('code', /blob\/(?<rest>.+)/, 'file'),
  inProject('branches', /branches/, 'branches'),
  inProject('commits', /commits\/(?<rest>.+)/, 'commits'),
  inProject('commits', /commit\/(?<sha>.+)/, 'commit'),
  inProject('runners', /runners/, 'runners'),
  inProject('variables', /settings\/ci_cd/, 'variables'),
  {
    scope: 'project',
    section: 'overview',
    pattern: /^\/(?<fullPath>[^/]+(?:\/[^/]+)+?)\/?$/,
    page: 'project',
  },
  // A name alone is a group's, or a person's; GitLab shows both there.
  { scope: 'group', section: 'overview', pattern: /^\/(?<fullPath>[^/]+)\/?$/, page: 'group' },
];
