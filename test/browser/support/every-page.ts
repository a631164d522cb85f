import type { Page } from 'playwright-core';
import type { Demo } from './demo.ts';

/** A page of the app as it is opened by its address. */
export interface Shown {
  name: string;
  path: (demo: Demo) => string;
  /** What is there once the page is. */
  ready: (page: Page) => Promise<unknown>;
  /** What comes later, for its picture. */
  whole?: (page: Page) => Promise<unknown>;
  signedOut?: boolean;
  /** What it asks for twice, with a reason. */
  twice?: RegExp;
}
const shows = (text: string | RegExp) => (page: Page) => page.getByText(text).first().waitFor();
const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { name }).first().waitFor();
const inShop = (rest: string) => (each: Demo) => `/${each.path}${rest}`;
const jobNamed = (pipeline: keyof Demo['jobs'], name: string) => (each: Demo) =>
  `/${each.path}/-/jobs/${each.jobs[pipeline][name] ?? 0}`;

/** One of every kind; those with an editor or a diagram as soon as what they tell can be read. */
export const PAGES: readonly Shown[] = [
  {
    name: 'sign-in',
    path: () => '/users/sign_in',
    ready: (page) =>
      page
        .getByLabel(/password/i)
        .first()
        .waitFor(),
    signedOut: true,
  },
  { name: 'password', path: () => '/-/user_settings/password', ready: heading(/password/i) },
  { name: 'projects', path: () => '/', ready: shows(/web-shop|Web shop/) },
  { name: 'new-project', path: () => '/projects/new', ready: heading(/project/i) },
  { name: 'groups', path: () => '/dashboard/groups', ready: shows(/Acme/i) },
  { name: 'new-group', path: () => '/groups/new', ready: heading(/group/i) },
  { name: 'group', path: () => '/groups/acme', ready: shows(/Web shop/) },
  { name: 'project', path: inShop(''), ready: heading('Start it') },
  { name: 'push-guide', path: () => '/acme/empty', ready: shows(/git push/) },
  { name: 'files', path: inShop('/-/tree/main'), ready: shows('README.md') },
  { name: 'file', path: inShop('/-/blob/main/ci/test.sh'), ready: shows(/CI_NODE_INDEX/) },
  { name: 'branches', path: inShop('/-/branches'), ready: shows('main') },
  { name: 'commits', path: inShop('/-/commits/main'), ready: shows('Sell things') },
  {
    name: 'commit',
    path: (each) => `/${each.path}/-/commit/${each.sha}`,
    ready: heading(/Refunds are whole again/),
  },
  { name: 'pipelines', path: inShop('/-/pipelines'), ready: shows(/Web shop to staging/) },
  { name: 'run-pipeline', path: inShop('/-/pipelines/new'), ready: shows('Where the deployment goes') },
  {
    name: 'pipeline',
    path: (each) => `/${each.path}/-/pipelines/${each.pipelines.failed}`,
    ready: shows('unit'),
  },
  {
    name: 'pipeline-needs',
    path: (each) => `/${each.path}/-/pipelines/${each.pipelines.green}?view=needs`,
    ready: shows('unit'),
  },
  {
    name: 'pipeline-timeline',
    path: (each) => `/${each.path}/-/pipelines/${each.pipelines.green}?view=timeline`,
    ready: shows('unit'),
  },
  {
    name: 'pipeline-jobs',
    path: (each) => `/${each.path}/-/pipelines/${each.pipelines.failed}?view=jobs`,
    ready: shows('unit 2/3'),
  },
  {
    name: 'pipeline-tests',
    path: (each) => `/${each.path}/-/pipelines/${each.pipelines.failed}?view=tests`,
    ready: shows(/refunds/),
  },
  {
    name: 'pipeline-why',
    path: (each) => `/${each.path}/-/pipelines/${each.pipelines.green}?view=why`,
    ready: shows('handbook'),
  },
  {
    name: 'pipeline-yaml',
    path: (each) => `/${each.path}/-/pipelines/${each.pipelines.green}?view=yaml`,
    ready: shows('stage'),
    whole: (page) => page.locator('.cm-lineNumbers').waitFor(),
  },
  {
    name: 'pipeline-variables',
    path: (each) => `/${each.path}/-/pipelines/${each.pipelines.byHand}?view=variables`,
    ready: shows('SHOP_LANGUAGE'),
  },
  { name: 'jobs', path: inShop('/-/jobs'), ready: shows('compile') },
  { name: 'job', path: jobNamed('green', 'compile'), ready: shows(/built/) },
  { name: 'job-failed', path: jobNamed('failed', 'unit 2/3'), ready: shows(/refunds/) },
  {
    name: 'job-attempts',
    path: (each) => {
      const second = each.jobs.failed['unit 2/3'] ?? 0;
      return `/${each.path}/-/jobs/${second}?compare=${each.firstAttempt}-${second}`;
    },
    ready: shows(/They part at line/),
    // A worker reads whole logs and keeps nothing of them; the page reads the blocks that are looked at. Of a
    // small log both are all of it.
    twice: /\/trace bytes=/,
  },
  { name: 'job-manual', path: jobNamed('green', 'rollback'), ready: heading(/rollback/) },
  {
    name: 'job-artifacts',
    path: (each) => `/${each.path}/-/jobs/${each.jobs.green['compile'] ?? 0}/artifacts/browse/dist`,
    ready: shows('shop.css'),
  },
  { name: 'runners', path: () => '/admin/runners', ready: heading(/runners/i) },
  { name: 'group-runners', path: () => '/groups/acme/-/runners', ready: heading(/runners/i) },
  { name: 'project-runners', path: inShop('/-/runners'), ready: heading(/runners/i) },
  { name: 'variables', path: inShop('/-/settings/ci_cd'), ready: shows('DEPLOY_KEY') },
  { name: 'group-variables', path: () => '/groups/acme/-/settings/ci_cd', ready: shows('REGISTRY') },
  {
    name: 'server-variables',
    path: () => '/admin/application_settings/ci_cd',
    ready: shows('COMPANY_PROXY'),
  },
  { name: 'not-found', path: () => '/nobody/nothing', ready: shows('Nothing is here') },
];
