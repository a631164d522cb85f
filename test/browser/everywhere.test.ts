import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { sign } from './support/graph.ts';
import { browserProject } from './support/project.ts';
import { waitingProject } from './support/waiting-project.ts';

let server: TestServer;
let project: Awaited<ReturnType<typeof waitingProject>>;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await bootServer();
  project = await waitingProject(server.api);
});

const row = (page: Page, text: string) => page.locator('tr[data-pipeline]', { hasText: text });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');
const isStream = (url: string) => url.includes('/events/stream');
const icon = (page: Page) => page.locator('#favicon').getAttribute('href');

describeInBrowser('what a page shows', () => {
  test('is said to be old while there is no network, and made good once there is', async () => {
    const page = await visit(server);
    await page.goto(project.at('pipelines'));
    await row(page, 'A change').waitFor();
    await page.context().setOffline(true);
    await sign(page, 'Offline').waitFor();
    await project.pushOne('Meanwhile');
    expect(await row(page, 'Meanwhile').count()).toBe(0);
    await row(page, 'A change')
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await page.getByText('The server cannot be reached.').first().waitFor();
    await row(page, 'A change').getByText('Pending', { exact: true }).waitFor();
    await page.context().setOffline(false);
    await row(page, 'Meanwhile').waitFor();
    await sign(page, 'Offline').waitFor({ state: 'detached' });
    await project.pushOne('Once it is back');
    await row(page, 'Once it is back').waitFor();
  });

  test('stands below its head, however wide the window is', async () => {
    const page = await visit(server);
    await page.goto(project.at('pipelines'));
    const left = async (name: string) => {
      const place = await page.getByRole(name === 'Pipelines' ? 'heading' : 'link', { name }).boundingBox();
      return place?.x;
    };
    for (const width of [700, 1280, 1700, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      expect([width, await left('Jobyard')]).toEqual([width, await left('Pipelines')]);
    }
  });

  test('is said not to be live while the server answers, but tells nothing', async () => {
    const page = await visit(server);
    await page.route('**/events/stream*', (route) => route.abort());
    await page.goto(project.at('pipelines'));
    await row(page, 'A change').waitFor();
    await sign(page, 'Not live').waitFor();
    // A browser tries every two seconds; what else is asked for is asked for every ten.
    const asked = { streams: 0, session: 0 };
    page.on('request', (request) => {
      if (isStream(request.url())) asked.streams++;
      else if (request.url().endsWith('/session')) asked.session++;
    });
    await expect.poll(() => asked.streams).toBeGreaterThanOrEqual(3);
    expect(asked.session).toBeLessThanOrEqual(asked.streams / 3);
    await page.unroute('**/events/stream*');
    await sign(page, 'Not live').waitFor({ state: 'detached' });
    await project.pushOne('Told again');
    await row(page, 'Told again').waitFor();
  });

  test('lets go of its stream when nobody looks, and takes it up where it was', async () => {
    const page = await visit(server);
    await page.clock.install();
    const streams = { opened: [] as string[], closed: 0 };
    page.on('request', (request) => isStream(request.url()) && streams.opened.push(request.url()));
    page.on('requestfailed', (request) => isStream(request.url()) && streams.closed++);
    const look = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await page.goto(project.at('pipelines'));
    await row(page, 'A change').waitFor();
    await project.pushOne('Before it was hidden');
    await row(page, 'Before it was hidden').waitFor();
    const before = streams.opened.length;
    await look(true);
    await page.clock.fastForward(21_000);
    await expect.poll(() => streams.closed).toBe(before);
    await project.pushOne('While it was hidden');
    await look(false);
    await row(page, 'While it was hidden').waitFor();
    expect(streams.opened.length).toBe(before + 1);
    expect(streams.opened.at(-1)).toContain('last_event_id=');
  });

  test('stands in its title and its icon too, as it changes', async () => {
    const page = await visit(server);
    await project.pushOne('To be canceled');
    const [newest] = await project.call<{ id: number }[]>('GET', '/pipelines');
    await page.goto(project.at(`pipelines/${newest?.id}`));
    await expect.poll(() => page.title()).toMatch(/^Pending: To be canceled/);
    const pending = await icon(page);
    expect(pending).toMatch(/^data:image\/svg/);
    await project.call('POST', `/pipelines/${newest?.id}/cancel`);
    await expect.poll(() => page.title()).toMatch(/^Canceled: To be canceled/);
    expect(await icon(page)).not.toBe(pending);
    await page.getByRole('link', { name: 'Branches' }).click();
    await expect.poll(() => icon(page)).toBe('/favicon.svg');
  });
});

describeInBrowser('the keyboard', () => {
  test('finds every place by its name, from wherever one is', async () => {
    const other = await browserProject(server.api);
    const page = await visit(server);
    await page.goto(project.at('pipelines'));
    await row(page, 'A change').waitFor();
    const jobs = page.getByRole('link', { name: 'Jobs', exact: true });
    await jobs.focus();
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Commands and search' });
    const field = palette.getByLabel('Command');
    await field.waitFor();
    await expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Jobs');

    await page.keyboard.press('Control+k');
    await field.waitFor();
    await page.keyboard.type('branches');
    await palette.getByRole('option', { name: 'Go to branches' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${project.at('branches')}`);
    await palette.waitFor({ state: 'detached' });

    await page.keyboard.press('Control+k');
    await field.waitFor();
    await page.keyboard.type(other.path.split('/')[1] ?? '');
    await palette.getByRole('option', { name: other.path }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/${other.path}`);
  });

  test('is explained on ?, but not to somebody who types one', async () => {
    const page = await visit(server);
    await page.goto(project.at(`pipelines/${project.pipeline}`));
    await page.getByRole('tab', { name: 'Timeline' }).waitFor();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByText('Show the timeline').waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.keyboard.press('3');
    await page.waitForURL(/view=jobs/);
    await page.goto(project.at('pipelines'));
    await page.getByLabel('Author').fill('who');
    await page.keyboard.type('?');
    expect(await page.getByLabel('Author').inputValue()).toBe('who?');
    expect(await sheet.count()).toBe(0);
  });

  test('does nothing by single keys where they are switched off, and by Ctrl K what it did', async () => {
    const page = await visit(server);
    const timeline = page.getByRole('tab', { name: 'Timeline', selected: true });
    await page.goto(project.at(`pipelines/${project.pipeline}`));
    await page.getByRole('tab', { name: 'Timeline' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('switch', { name: 'Shortcuts without Ctrl' }).click();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await timeline.waitFor();
    await page.keyboard.press('3');
    await page.keyboard.press('?');
    await page.keyboard.press('Control+k');
    expect(await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).count()).toBe(0);
    await page.getByRole('dialog').getByLabel('Command', { exact: true }).fill('keyboard');
    await page.getByRole('option', { name: 'Keyboard shortcuts' }).click();
    await page.getByRole('switch', { name: 'Shortcuts without Ctrl' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('switch').waitFor({ state: 'detached' });
    expect(await timeline.count()).toBe(1);
    await page.keyboard.press('3');
    await page.waitForURL(/view=jobs/);
  });
});

describeInBrowser('a reload', () => {
  test('keeps the view that was chosen', async () => {
    const page = await visit(server);
    await page.goto(project.at(`pipelines/${project.pipeline}`));
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.waitForURL(/view=yaml/);
    await page.reload();
    await page.getByRole('tab', { name: 'Configuration', selected: true }).waitFor();
  });

  test('keeps the colours, which are chosen by keyboard', async () => {
    const page = await visit(server, { theme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.goto('/');
    const menu = page.getByRole('button', { name: /^Theme/ });
    await menu.focus();
    const light = await ground();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Dark' }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    await expect.poll(ground).not.toBe(light);
    const dark = await ground();
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await ground()).toBe(dark);
  });
});

describeInBrowser('a server that is started again', () => {
  test('is waited for: what was shown stays, and is made good', async () => {
    const page = await visit(server);
    await page.clock.install();
    let refused = 0;
    page.on('requestfailed', (request) => request.url().endsWith('/session') && refused++);
    await page.goto(project.at('pipelines'));
    await row(page, 'A change').waitFor();
    const { config, url } = server;
    await server.close();
    await sign(page, 'No answer').waitFor();
    // Everything is asked for, and again, and nobody answers.
    await expect
      .poll(async () => {
        await page.clock.fastForward(5_000);
        return refused;
      })
      .toBeGreaterThan(3);
    expect(await row(page, 'A change').count()).toBe(1);
    expect(await page.getByText('cannot be reached').count()).toBe(0);
    server = await bootServer({ config: { ...config, port: Number(new URL(url).port) } });
    await project.pushOne('In its second life');
    await row(page, 'In its second life').waitFor();
    await sign(page, 'No answer').waitFor({ state: 'detached' });
    await project.pushOne('And live');
    await row(page, 'And live').waitFor();
  });
});
