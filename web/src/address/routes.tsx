import { type ComponentType, lazy, type LazyExoticComponent } from 'react';

export type Scope = 'server' | 'group' | 'project';

/** What a page is told of its address: `fullPath` of the project or group, and what its pattern names. */
export interface PageProps {
  /** Whose page it is: of a project, a group, or of the server. */
  scope: Scope;
  fullPath: string;
  params: Readonly<Record<string, string>>;
}
type PageModule = () => Promise<{ default: ComponentType<PageProps> }>;

export interface PageRoute {
  scope: Scope;
  /** Which part of the navigation it belongs to. */
  section: string;
  pattern: RegExp;
  Page: LazyExoticComponent<ComponentType<PageProps>>;
  /** Fetches the page before it is shown. */
  expect: () => void;
}

const route = (scope: PageRoute['scope'], section: string, pattern: RegExp, load: PageModule): PageRoute => ({
  scope,
  section,
  pattern,
  Page: lazy(load),
  expect: () => void load().catch(() => {}),
});

const inProject = (section: string, rest: RegExp, load: PageModule) =>
  route('project', section, new RegExp(`^/(?<fullPath>[^/]+(?:/[^/]+)+?)/-/${rest.source}/?$`), load);
const inGroup = (section: string, rest: RegExp, load: PageModule) =>
  route('group', section, new RegExp(`^/groups/(?<fullPath>.+?)/-/${rest.source}/?$`), load);
const onServer = (section: string, path: RegExp, load: PageModule) =>
  route('server', section, new RegExp(`^/${path.source}/?$`), load);

const pipelines = () => import('../pages/pipelines/page.tsx');
const pipeline = () => import('../pages/pipeline/page.tsx');
const job = () => import('../pages/job/page.tsx');
const runners = () => import('../pages/runners/page.tsx');
const variables = () => import('../pages/variables/page.tsx');

/** The pages, first match first. GitLab's addresses, since statuses, mails and habits point there. */
const ROUTES: readonly PageRoute[] = [
  onServer(
    'projects',
    /(?:dashboard|dashboard\/projects|explore)?/,
    () => import('../pages/projects/page.tsx'),
  ),
  onServer('sign-in', /users\/sign_in/, () => import('../pages/sign-in/page.tsx')),
  onServer('account', /-\/user_settings\/password/, () => import('../pages/password/page.tsx')),
  onServer('projects', /projects\/new/, () => import('../pages/new-project/page.tsx')),
  onServer('groups', /dashboard\/groups/, () => import('../pages/groups/page.tsx')),
  onServer('groups', /groups\/new/, () => import('../pages/new-group/page.tsx')),
  onServer('runners', /admin\/runners/, runners),
  onServer('variables', /admin\/application_settings\/ci_cd/, variables),
  inGroup('runners', /runners/, runners),
  inGroup('variables', /settings\/ci_cd/, variables),
  route('group', 'overview', /^\/groups\/(?<fullPath>.+?)\/?$/, () => import('../pages/group/page.tsx')),
  inProject('pipelines', /pipelines/, pipelines),
  inProject('pipelines', /pipelines\/new/, () => import('../pages/new-pipeline/page.tsx')),
  inProject('pipelines', /pipelines\/(?<id>\d+)(?:\/(?<view>[a-z_]+))?/, pipeline),
  inProject('jobs', /jobs/, () => import('../pages/jobs/page.tsx')),
  inProject('jobs', /jobs\/(?<id>\d+)(?:\/artifacts\/(?:browse|file)(?:\/(?<artifact>.*))?)?/, job),
  inProject('code', /tree\/(?<rest>.+)/, () => import('../pages/files/page.tsx')),
  inProject('code', /blob\/(?<rest>.+)/, () => import('../pages/file/page.tsx')),
  inProject('branches', /branches/, () => import('../pages/branches/page.tsx')),
  inProject('commits', /commits\/(?<rest>.+)/, () => import('../pages/commits/page.tsx')),
  inProject('commits', /commit\/(?<sha>[0-9a-f]{7,64})/, () => import('../pages/commit/page.tsx')),
  inProject('runners', /runners/, runners),
  inProject('variables', /settings\/ci_cd/, variables),
  route(
    'project',
    'overview',
    /^\/(?<fullPath>[^/]+(?:\/[^/]+)+?)\/?$/,
    () => import('../pages/project/page.tsx'),
  ),
];

/** The page of an address, its project or group, and its named parts decoded; null when none fits. */
export function findPage(path: string): { route: PageRoute; props: PageProps } | null {
  for (const each of ROUTES) {
    const groups = each.pattern.exec(path)?.groups;
    if (groups === undefined && !each.pattern.test(path)) continue;
    const params = Object.fromEntries(
      Object.entries(groups ?? {}).map(([name, value]) => [name, decoded(value ?? '')]),
    );
    return { route: each, props: { scope: each.scope, fullPath: params.fullPath ?? '', params } };
  }
  return null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
