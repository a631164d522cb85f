import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { type BrowserProject, browserProject } from './support/project.ts';

/** Nobody takes its job: nothing changes but by what a test does. */
const WAITING = 'unit:\n  script: echo\n  tags: [nobody]\n';

let server: TestServer;
let project: BrowserProject;
/** Its first pipeline. */
let pipeline: number;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await bootServer();
  project = await browserProject(server.api, { '.gitlab-ci.yml': WAITING });
  pipeline = (await project.call<{ id: number }[]>('GET', '/pipelines'))[0]?.id ?? 0;
});

const at = (rest: string) => `/${project.path}/-/${rest}`;
const row = (page: Page, text: string) => page.locator('tr[data-pipeline]', { hasText: text });

/** The next reply from this address is that the server has failed. */
async function failOnce(page: Page, address: RegExp): Promise<void> {
  const reply = { status: 500, json: { message: '500 Internal Server Error' } };
  await page.route(address, (route) => route.fulfill(reply), { times: 1 });
}

describeInBrowser('a page catches up', () => {
  test('with its project, after the server has failed once to tell of it', async () => {
    const page = await visit(server);
    await page.clock.install();
    await page.goto(at('pipelines'));
    await row(page, 'A change').waitFor();
    const itself = new RegExp(`/projects/${encodeURIComponent(project.path)}$`);
    const asked = (status: number) =>
      page.waitForResponse((reply) => itself.test(reply.url()) && reply.status() === status);
    await failOnce(page, itself);
    const failed = asked(500);
    await project.call('PUT', '', { description: 'Another' });
    await failed;
    await project.call('POST', `/pipelines/${pipeline}/cancel`);
    await row(page, 'A change').getByText('Canceled', { exact: true }).waitFor();
    const again = asked(200);
    await page.clock.fastForward(16_000);
    await again;
  });

  test('with who is signed in, after the server has failed once to tell, and keeps what has been typed', async () => {
    const page = await visit(server);
    await page.goto(at('pipelines/new'));
    const key = page.getByLabel('Key of variable 1');
    await key.fill('TYPED');
    await failOnce(page, /\/session$/);
    await page.route('**/events/stream*', (route) => route.abort());
    const failed = page.waitForResponse(
      (reply) => reply.url().endsWith('/session') && reply.status() === 500,
    );
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await failed;
    await page.getByRole('status').getByText('Not live', { exact: true }).waitFor();
    expect(await key.inputValue()).toBe('TYPED');
    expect(await page.getByText('Internal Server Error').count()).toBe(0);
  });
});
