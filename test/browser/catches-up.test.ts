import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { sign } from './support/graph.ts';
import { memberOf } from './support/project.ts';
import { waitingProject } from './support/waiting-project.ts';

let server: TestServer;
let project: Awaited<ReturnType<typeof waitingProject>>;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await bootServer();
  project = await waitingProject(server.api);
});

const row = (page: Page, text: string) => page.locator('tr[data-pipeline]', { hasText: text });

/** The next reply from this address is that the server has failed. */
async function failOnce(page: Page, address: RegExp): Promise<void> {
  const reply = { status: 500, json: { message: '500 Internal Server Error' } };
  await page.route(address, (route) => route.fulfill(reply), { times: 1 });
}

describeInBrowser('a page catches up', () => {
  test('with its project, after the server has failed once to tell of it, and says so meanwhile', async () => {
    const page = await visit(server);
    await page.clock.install();
    await page.goto(project.at('pipelines'));
    await row(page, 'A change').waitFor();
    const itself = new RegExp(`/projects/${encodeURIComponent(project.path)}$`);
    const asked = (status: number) =>
      page.waitForResponse((reply) => itself.test(reply.url()) && reply.status() === status);
    await failOnce(page, itself);
    const failed = asked(500);
    await project.call('PUT', '', { description: 'Another' });
    await failed;
    await sign(page, 'May be old').waitFor();
    await project.call('POST', `/pipelines/${project.pipeline}/cancel`);
    await row(page, 'A change').getByText('Canceled', { exact: true }).waitFor();
    // That of which there is a reply is not what may be old.
    expect(await sign(page, 'May be old').count()).toBe(1);
    const again = asked(200);
    await page.clock.fastForward(16_000);
    await again;
    await sign(page, 'May be old').waitFor({ state: 'detached' });
  });

  test('with who is signed in, after the server has failed once to tell, and keeps what has been typed', async () => {
    const page = await visit(server);
    await page.goto(project.at('pipelines/new'));
    const key = page.getByLabel('Key of variable 1');
    await key.fill('TYPED');
    await failOnce(page, /\/session$/);
    await page.route('**/events/stream*', (route) => route.abort());
    const failed = page.waitForResponse(
      (reply) => reply.url().endsWith('/session') && reply.status() === 500,
    );
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await failed;
    await sign(page, 'May be old').waitFor();
    expect(await key.inputValue()).toBe('TYPED');
    expect(await page.getByText('Internal Server Error').count()).toBe(0);
  });

  test('with a role that is lost and given back, in part and as a whole', async () => {
    const person = await memberOf(server.api, project, 'developer');
    const [user] = (await server.api<{ id: number }[]>('GET', `/users?username=${person.login}`)).body;
    const member = `/members/${user?.id}`;
    const page = await visit(server, { as: person });
    await page.goto(project.at('pipelines'));
    const run = page.getByRole('link', { name: /^Run pipeline/ });
    await run.waitFor();
    await project.call('PUT', member, { access_level: 20 });
    await run.waitFor({ state: 'detached' });
    await project.call('PUT', member, { access_level: 30 });
    await run.waitFor();
    const { status } = await server.api('DELETE', `/projects/${project.id}${member}`);
    expect(status).toBe(204);
    await page.getByText('Nothing is here').waitFor();
    await project.call('POST', '/members', { user_id: user?.id, access_level: 30 });
    await run.waitFor();
    await project.pushOne('Since the role is back');
    await row(page, 'Since the role is back').waitFor();
  });

  test('every ten seconds where it may have no stream, also after it was out of sight', async () => {
    const page = await visit(server);
    await page.clock.install();
    await page.route('**/events/stream*', (route) => route.fulfill({ status: 429, json: {} }));
    const look = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await page.goto(project.at('pipelines'));
    await row(page, 'A change').waitFor();
    await look(true);
    await page.clock.fastForward(21_000);
    await look(false);
    await project.pushOne('Since it is looked at');
    const asked = page.waitForRequest(/\/pipelines\?/);
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 3000);
    await page.clock.runFor(11_000);
    await asked;
    await page.clock.resume();
    await row(page, 'Since it is looked at').waitFor();
  });

  test('when it comes out of the cache of pages that were left, whose streams have ended without a word', async () => {
    const page = await visit(server);
    await page.addInitScript(() => {
      const opened: EventSource[] = [];
      globalThis.EventSource = class extends EventSource {
        constructor(...how: ConstructorParameters<typeof EventSource>) {
          super(...how);
          opened.push(this);
        }
      };
      window.addEventListener('pagehide', () => opened.forEach((each) => each.close()));
    });
    await page.goto(project.at('pipelines'));
    await row(page, 'A change').waitFor();
    await project.pushOne('Heard of');
    await row(page, 'Heard of').waitFor();
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    await project.pushOne('While it was left');
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await row(page, 'While it was left').waitFor();
  });

  test('with what happens, though nobody has signed in and its HTML tells it no place in the events', async () => {
    await project.call('PUT', '', { visibility: 'public' });
    const page = await visit(server, { as: null });
    await page.goto(project.at('pipelines'));
    await row(page, 'A change').waitFor();
    expect(await page.content()).not.toContain('last-event-id');
    await project.pushOne('Seen by anybody');
    await row(page, 'Seen by anybody').waitFor();
  });
});
