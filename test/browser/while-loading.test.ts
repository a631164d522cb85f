import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { node } from './support/graph.ts';
import { type BrowserProject, browserProject } from './support/project.ts';

/** Nobody takes its jobs: nothing changes but by what the test does. */
const CONFIG = 'unit: { script: "true", tags: [nobody] }\nlint: { script: "true", tags: [nobody] }\n';
/** More jobs than are told of one by one. */
const MANY = Array.from({ length: 60 }, (_, n) => `'job ${n}': { script: "true", tags: [nobody] }\n`).join(
  '',
);

let server: TestServer;
beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

/** A pipeline whose jobs wait. */
async function waitingPipeline(config = CONFIG) {
  const project = await browserProject(server.api, { '.gitlab-ci.yml': config });
  const [pipeline] = await project.call<{ id: number }[]>('GET', '/pipelines');
  return { project, path: `/${project.path}/-/pipelines/${pipeline?.id}` };
}

async function cancel(project: BrowserProject, name: string): Promise<void> {
  const jobs = await project.call<{ id: number; name: string }[]>('GET', '/jobs');
  await project.call('POST', `/jobs/${jobs.find((job) => job.name === name)?.id}/cancel`);
}

/** Answers how many events of a job the page has heard. */
async function hearing(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const told = globalThis as { heard?: number };
    told.heard = 0;
    const listen = EventSource.prototype.addEventListener;
    EventSource.prototype.addEventListener = function (type: string, ...rest: unknown[]) {
      if (type === 'job') listen.call(this, type, () => (told.heard = (told.heard ?? 0) + 1));
      listen.call(this, type, ...(rest as [() => void]));
    };
  });
  return () => page.evaluate(() => (globalThis as { heard?: number }).heard ?? 0);
}

/** Holds back what a page asks for: `asked`, or already answered by the server. Both are waited for. */
async function hold(page: Page, address: RegExp, at: 'asked' | 'answered') {
  const [there, letThrough] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let first = true;
  await page.route(address, async (route) => {
    if (!first) return await route.continue();
    first = false;
    const response = at === 'answered' ? await route.fetch() : undefined;
    there.resolve();
    await letThrough.promise;
    await (response ? route.fulfill({ response }) : route.continue());
  });
  return { there: there.promise, letThrough: letThrough.resolve };
}

describeInBrowser('what changes while a page is loaded', () => {
  test.each([
    { what: 'its stream', address: /\/events\/stream/, at: 'asked' as const, isTold: false },
    { what: 'what it shows', address: /\/graph$/, at: 'answered' as const, isTold: true },
    { what: 'its script', address: /\/assets\/page-[^/]+\.js$/, at: 'answered' as const, isTold: false },
  ])('is shown, though $what is late', async ({ address, at, isTold }) => {
    const { project, path } = await waitingPipeline();
    const page = await visit(server);
    const heard = await hearing(page);
    const held = await hold(page, address, at);
    const graph = page.waitForResponse(/\/graph$/);
    await page.goto(path, { waitUntil: 'commit' });
    await held.there;
    if (address.source.includes('graph')) graph.catch(() => {});
    else await graph;
    await cancel(project, 'lint');
    await expect.poll(async () => !isTold || (await heard()) > 0).toBe(true);
    held.letThrough();
    await node(page, 'lint', 'Canceled').waitFor();
    await node(page, 'unit', 'Pending').waitFor();
  });

  test('in a project is shown, though the page was elsewhere meanwhile', async () => {
    const [other, { project, path }] = [await browserProject(server.api), await waitingPipeline()];
    const page = await visit(server);
    await page.goto(path);
    await node(page, 'lint', 'Pending').waitFor();
    await page.getByRole('link', { name: 'Jobyard, all projects' }).click();
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
    await cancel(project, 'lint');
    // What the page hears of there lies behind that: the stream of the project goes on from here, and tells nothing of it.
    await other.call('PUT', '', { description: 'Later than that' });
    await page.getByText('Later than that').waitFor();
    await page.goBack();
    await node(page, 'lint', 'Canceled').waitFor();
  });

  test('of a pipeline is shown, though another page of the project was looked at meanwhile', async () => {
    const { project, path } = await waitingPipeline();
    const page = await visit(server);
    const heard = await hearing(page);
    await page.goto(path);
    await node(page, 'lint', 'Pending').waitFor();
    await page.getByRole('link', { name: 'Branches' }).click();
    await page.getByRole('heading', { name: 'Branches' }).waitFor();
    const before = await heard();
    await cancel(project, 'lint');
    await expect.poll(heard).toBeGreaterThan(before);
    await page.goBack();
    await node(page, 'lint', 'Canceled').waitFor();
  });
  test('is shown before it ends, though more changes before each reply is here', async () => {
    const names = ['one', 'two', 'three', 'four'];
    const config = names.map((name) => `${name}: { script: "true", tags: [nobody] }\n`).join('');
    const { project } = await waitingPipeline(config);
    const page = await visit(server);
    const heard = await hearing(page);
    const row = page.getByRole('row').filter({ hasText: 'one' });
    await page.goto(`/${project.path}/-/jobs`);
    await row.getByText('Pending', { exact: true }).waitFor();
    const changes = async () => {
      const before = await heard();
      await cancel(project, names.shift() ?? '');
      await expect.poll(heard).toBeGreaterThan(before);
    };
    await page.route(/\/jobs\?/, async (route) => {
      const response = await route.fetch();
      // Once nothing more changes, no reply comes at all.
      if (names.length === 0) return;
      await changes();
      // Longer than the page gathers what it has heard.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.fulfill({ response }).catch(() => {});
    });
    await changes();
    await row.getByText('Canceled', { exact: true }).waitFor();
  });

  test('of a pipeline is shown, though its page was left while it was asked for', async () => {
    const { project, path } = await waitingPipeline(CONFIG + MANY);
    const page = await visit(server);
    await page.goto(path);
    await node(page, 'lint', 'Pending').waitFor();
    const held = await hold(page, /\/graph$/, 'asked');
    await project.call('POST', `/pipelines/${path.split('/').at(-1)}/cancel`);
    await held.there;
    await expect.poll(() => page.title()).toMatch(/^Canceled/);
    await page.getByRole('link', { name: 'Branches' }).click();
    await page.getByRole('heading', { name: 'Branches' }).waitFor();
    held.letThrough();
    await page.goBack();
    await node(page, 'lint', 'Canceled').waitFor();
  });
});
