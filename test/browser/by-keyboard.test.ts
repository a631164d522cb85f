import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, settled, visit } from './support/browser.ts';
import { chooseAt, pressAt, tabTo, typeAt } from './support/keyboard.ts';
import { browserProject } from './support/project.ts';

let server: TestServer;

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const link = (page: Page, name: string | RegExp) => page.getByRole('link', { name, exact: true });
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });

/** Runs in a page: what has the focus, and whether that looks otherwise than without it. */
function lookAtFocus(): { stop: string; isSeen: boolean } {
  const at = document.activeElement;
  if (at === null || at === document.body) return { stop: 'the browser', isSeen: true };
  const order = [...document.querySelectorAll('*')].indexOf(at);
  // Of a field that is drawn by what stands around it, that has the mark.
  const around = [at, at.parentElement, at.parentElement?.parentElement, at.nextElementSibling];
  const isSeen = around.some((each) => {
    if (!each) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  });
  return { stop: `${order}: ${at.outerHTML.slice(0, 120)}`, isSeen };
}

describeInBrowser('by keyboard alone', () => {
  beforeAll(async () => {
    if (!hasBrowser) return;
    server = await bootServer();
  });

  test('one signs in, changes the password, and signs out', async () => {
    const user = {
      username: 'keys',
      name: 'Keys',
      email: 'keys@example.org',
      password: 'the first password',
    };
    expect((await server.api('POST', '/users', { body: user })).status).toBe(201);
    const page = await visit(server, { as: null });
    await page.goto('/users/sign_in');
    await field(page, 'Username or email').waitFor();
    await page.keyboard.type('keys');
    await typeAt(page, field(page, 'Password'), user.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
    await typeAt(page, field(page, 'Current password'), user.password);
    await typeAt(page, field(page, 'New password'), 'the second password');
    await page.keyboard.press('Enter');
    await page.getByText('The password is changed').first().waitFor();
    await chooseAt(page, button(page, 'Keys: account'), 'Sign out');
    await page.getByRole('heading', { name: 'Sign in to Jobyard' }).waitFor();
  });

  test('a group and a project in it are made, and found again', async () => {
    const page = await visit(server);
    await page.goto('/dashboard/groups');
    await pressAt(page, link(page, 'New group'));
    await page.getByRole('heading', { name: 'New group' }).waitFor();
    await page.keyboard.type('Keyed');
    await typeAt(page, field(page, 'Description'), 'Made without a mouse');
    await tabTo(page, field(page, 'Visibility'));
    await page.keyboard.type('Pub');
    await pressAt(page, button(page, 'Create group'));
    await page.waitForURL('**/groups/keyed');
    await pressAt(page, link(page, 'New project'));
    await page.getByRole('heading', { name: 'New project' }).waitFor();
    await page.keyboard.type('By keys');
    await pressAt(page, page.getByRole('switch', { name: 'Begin with a README' }), 'Space');
    await pressAt(page, button(page, 'Create project'));
    await page.waitForURL('**/keyed/by-keys');
    await page.getByRole('region', { name: 'README.md' }).waitFor();
    const { body } = await server.api<{ visibility: string }>('GET', '/groups/keyed');
    expect(body.visibility).toBe('public');
    await page.goto('/');
    await typeAt(page, page.getByRole('searchbox', { name: 'Search projects' }), 'by keys');
    await expect.poll(() => new URL(page.url()).search).toBe('?search=by+keys');
    await page.getByRole('link', { name: /By keys/ }).waitFor();
    await pressAt(page, page.getByRole('link', { name: /By keys/ }));
    await page.waitForURL('**/keyed/by-keys');
  });

  test('an empty project is filled, or tells how', async () => {
    const { body: made } = await server.api<{ path_with_namespace: string }>('POST', '/projects', {
      body: { name: 'To be filled' },
    });
    const page = await visit(server);
    await page.goto(`/${made.path_with_namespace}`);
    await pressAt(page, button(page, 'Create an access token'));
    await page.getByLabel('Access token', { exact: true }).waitFor();
    await tabTo(page, page.getByRole('tab', { name: 'Nothing yet' }));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByLabel('Commands for an existing repository', { exact: true }).waitFor();
    await page.goto(`/${made.path_with_namespace}`);
    await pressAt(page, button(page, 'Add an example pipeline'));
    await page.waitForURL(/-\/pipelines\/\d+$/);
  });

  test('code is looked at: another branch, a file, its lines, commits; and a branch is deleted', async () => {
    const project = await browserProject(server.api, { 'src/main.txt': 'one\ntwo\nthree\n' });
    await project.push({ 'src/main.txt': 'one\nand a half\ntwo\n' }, { branch: 'topic' });
    const page = await visit(server);
    await page.goto(`/${project.path}`);
    await pressAt(page, button(page, 'Clone'));
    await page.getByRole('dialog', { name: 'Clone' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Clone' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'src' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await link(page, 'main.txt').waitFor();
    await pressAt(page, link(page, 'main.txt'));
    await page.getByText('three', { exact: true }).waitFor();
    await pressAt(page, button(page, 'Branch or tag: main'));
    await page.getByRole('combobox', { name: 'Search: Branch or tag' }).waitFor();
    await page.keyboard.type('top');
    await page.getByRole('option', { name: /topic/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/-/blob/topic/src/main.txt');
    await page.getByText('and a half', { exact: true }).waitFor();
    await tabTo(page, page.getByRole('link', { name: 'Line 1', exact: true }));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).hash).toBe('#L2');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+Enter');
    await expect.poll(() => new URL(page.url()).hash).toBe('#L2-3');

    await page.goto(`/${project.path}/-/commits/topic`);
    await page.getByRole('link', { name: 'A change' }).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/-\/commit\/[0-9a-f]{40}$/);
    await page.goto(`/${project.path}/-/branches`);
    await pressAt(page, button(page, 'Delete topic'));
    await page.getByRole('dialog').waitFor();
    await pressAt(page, button(page, 'Delete the branch'));
    await link(page, 'topic').waitFor({ state: 'detached' });
    await expect.poll(() => project.call('GET', '/repository/branches?search=topic')).toEqual([]);
  });

  test('wherever Tab stops is seen', async () => {
    const empty = await browserProject(server.api);
    const { body } = await server.api<{ path_with_namespace: string }>('POST', '/projects', {
      body: { name: 'Not pushed yet' },
    });
    const full = await browserProject(server.api, { '.gitlab-ci.yml': 'unit: { script: "true" }\n' });
    const [pipeline] = await full.call<{ id: number }[]>('GET', '/pipelines');
    const page = await visit(server);
    for (const path of [
      `/${body.path_with_namespace}`,
      `/${full.path}/-/pipelines/${pipeline?.id}?view=why`,
      `/${full.path}/-/pipelines/${pipeline?.id}?view=jobs`,
      `/${empty.path}/-/settings/ci_cd`,
    ]) {
      await page.goto(path);
      await page.getByRole('main').waitFor();
      await settled(page);
      const stops = new Set<string>();
      for (;;) {
        await page.keyboard.press('Tab');
        const { stop, isSeen } = await page.evaluate(lookAtFocus);
        if (stops.has(stop)) break;
        stops.add(stop);
        expect(isSeen, `${path}: ${stop}`).toBe(true);
      }
      expect(stops.size).toBeGreaterThan(8);
    }
  });

  test('variables are added as each kind, found, shown, changed and deleted', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server);
    await page.goto(`/${project.path}/-/settings/ci_cd`);
    for (const [key, value, kind] of [
      ['MASKED', 'masked-value', 'Masked'],
      ['HIDDEN', 'hidden-value', 'Masked and hidden'],
      ['FILED', 'of a file', null],
    ] as const) {
      await pressAt(page, button(page, 'Add variable'));
      await page.getByRole('dialog').waitFor();
      await page.keyboard.type(key);
      if (kind === null) {
        await tabTo(page, button(page, 'Variable'));
        await page.keyboard.press('ArrowRight');
        await page.keyboard.press('Enter');
      }
      await typeAt(page, field(page, kind === null ? 'Content' : 'Value'), value);
      if (kind !== null) {
        await tabTo(page, page.getByRole('radio', { name: 'Visible' }));
        await page.keyboard.press('ArrowDown');
        if (kind !== 'Masked') await page.keyboard.press('ArrowDown');
      }
      if (kind === 'Masked') {
        await pressAt(page, page.getByRole('switch', { name: 'Protected' }), 'Space');
        await typeAt(page, field(page, 'Environment scope'), 'prod');
      }
      if (kind === 'Masked') await page.keyboard.press('Enter');
      else await pressAt(page, page.getByRole('dialog').getByRole('button', { name: 'Add variable' }));
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.locator(`tr[data-variable=${key}]`).waitFor();
    }
    const found = await project.call<{ key: string }[]>('GET', '/variables');
    expect(found).toMatchObject([
      { key: 'MASKED', masked: true, hidden: false, protected: true, environment_scope: 'prod' },
      { key: 'HIDDEN', masked: true, hidden: true },
      { key: 'FILED', variable_type: 'file', value: 'of a file' },
    ]);
    await typeAt(page, page.getByRole('searchbox', { name: 'Search' }), 'file');
    await page.locator('tr[data-variable=MASKED]').waitFor({ state: 'detached' });
    await pressAt(page, button(page, 'Reveal FILED'));
    await page.getByText('of a file', { exact: true }).waitFor();
    await pressAt(page, button(page, 'Edit FILED'));
    await page.getByRole('dialog').waitFor();
    await typeAt(page, field(page, 'Description'), 'file of keys');
    await pressAt(page, page.getByRole('dialog').getByRole('button', { name: 'Save' }));
    await page.getByText('file of keys').waitFor();
    await pressAt(page, button(page, 'Delete FILED'));
    await page.getByRole('dialog').waitFor();
    await pressAt(page, button(page, 'Delete variable'));
    await page.locator('tr[data-variable=FILED]').waitFor({ state: 'detached' });
    await pressAt(page, button(page, 'Clear filters'));
    await page.locator('tr[data-variable=MASKED]').waitFor();
  });

  test('runners are made, found, paused, resumed, changed and deleted', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server);
    await page.goto(`/${project.path}/-/runners`);
    await pressAt(page, button(page, 'New runner'));
    await page.getByRole('dialog', { name: 'New runner' }).waitFor();
    await typeAt(page, field(page, 'Description'), 'of the keys');
    await page.keyboard.press('Enter');
    const connect = page.getByRole('dialog', { name: /^Connect runner/ });
    await connect.waitFor();
    await tabTo(page, button(page, 'In its shell'));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await connect.getByText('docker', { exact: false }).first().waitFor();
    await pressAt(page, connect.getByRole('button', { name: 'Done' }));
    await connect.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'of the keys' }).waitFor();
    await pressAt(page, button(page, 'Pause of the keys'));
    await button(page, 'Resume of the keys').waitFor();
    await pressAt(page, button(page, 'Resume of the keys'));
    await button(page, 'Pause of the keys').waitFor();
    await pressAt(page, button(page, 'Machines'));
    await page.getByText('No machine has called yet.').waitFor();
    await chooseAt(page, button(page, 'More of of the keys'), 'Edit…');
    await page.getByRole('dialog').waitFor();
    await typeAt(page, field(page, 'Tags'), 'fast');
    await pressAt(page, button(page, 'Save'));
    await page.getByText('fast', { exact: true }).waitFor();
    await typeAt(page, field(page, 'Search'), 'nothing like it');
    await page.keyboard.press('Enter');
    await page.getByText('No runner fits').waitFor();
    await pressAt(page, button(page, 'Clear filters'));
    await chooseAt(page, button(page, 'More of of the keys'), 'Delete…');
    await page.getByRole('dialog').waitFor();
    await pressAt(page, button(page, 'Delete runner'));
    await page.getByRole('heading', { name: 'of the keys' }).waitFor({ state: 'detached' });
  });
});
