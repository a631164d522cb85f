import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, seriousProblems, visit } from './support/browser.ts';
import { type Demo, seedDemo } from './support/demo.ts';

/** Where pictures of every page go; `npm run screenshots` names docs/images. */
const pictures = process.env['JOBYARD_SCREENSHOTS'];

let server: TestServer;
let demo: Demo;

interface Shown {
  name: string;
  path: (demo: Demo) => string;
  /** What is there once the page is. */
  ready: (page: Page) => Promise<unknown>;
  signedOut?: boolean;
}
const shows = (text: string | RegExp) => (page: Page) => page.getByText(text).first().waitFor();
const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { name }).first().waitFor();
const inShop = (rest: string) => (each: Demo) => `/${each.path}${rest}`;
const jobNamed = (pipeline: keyof Demo['pipelines'], name: string) => (each: Demo) =>
  `/${each.path}/-/jobs/${each.jobs[pipeline][name] ?? 0}`;

const PAGES: Shown[] = [
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
  },
  { name: 'jobs', path: inShop('/-/jobs'), ready: shows('compile') },
  { name: 'job', path: jobNamed('green', 'compile'), ready: shows(/built/) },
  { name: 'job-failed', path: jobNamed('failed', 'unit 2/3'), ready: shows(/refunds/) },
  { name: 'job-manual', path: jobNamed('green', 'rollback'), ready: heading(/rollback/) },
  {
    name: 'job-artifacts',
    path: (each) => `/${each.path}/-/jobs/${each.jobs.green['compile'] ?? 0}/artifacts/browse/dist`,
    ready: shows('shop.css'),
  },
  { name: 'runners', path: () => '/admin/runners', ready: heading(/runners/i) },
  { name: 'project-runners', path: inShop('/-/runners'), ready: heading(/runners/i) },
  { name: 'variables', path: inShop('/-/settings/ci_cd'), ready: shows('DEPLOY_KEY') },
  { name: 'not-found', path: () => '/nobody/nothing', ready: shows('Nothing is here') },
];

/** Two frames later: all that a change of colours touches has been drawn anew. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

describeInBrowser('every page', () => {
  beforeAll(async () => {
    server = await bootServer({ config: { runner: true, runner_concurrent: 4 } });
    demo = await seedDemo(server.api);
    if (pictures) mkdirSync(join(pictures, 'phone'), { recursive: true });
  }, 240_000);

  test.each(PAGES)(
    '$name has no serious problem of accessibility in either theme, and fits a phone',
    async (shown) => {
      const page = await visit(server, shown.signedOut ? { as: null } : {});
      await page.goto(shown.path(demo));
      await shown.ready(page);
      await page.waitForLoadState('networkidle').catch(() => {});
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await drawn(page);
        expect(await seriousProblems(page), `${shown.name}, ${theme}`).toEqual([]);
        if (pictures) await page.screenshot({ path: join(pictures, `${shown.name}-${theme}.png`) });
      }
      await page.setViewportSize({ width: 320, height: 640 });
      const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await expect.poll(sideways, { message: `${shown.name} is wider than a phone` }).toBeLessThanOrEqual(0);
      if (pictures) await page.screenshot({ path: join(pictures, 'phone', `${shown.name}.png`) });
    },
  );
});
