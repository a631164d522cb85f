import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { WRITES } from './support/job-page.ts';
import { browserProject, memberOf } from './support/project.ts';

let server: TestServer;
beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function fillVariable(page: Page, path: string) {
  await page.goto(`/${path}/-/settings/ci_cd`);
  await button(page, 'Add variable').first().click();
  const dialog = page.getByRole('dialog', { name: 'Add variable' });
  await dialog.getByLabel('Key', { exact: true }).fill('DEPLOY_KEY');
  await dialog.getByLabel('Value', { exact: true }).fill('typed at length');
  return dialog;
}

describeInBrowser('a form', () => {
  test('takes a name that was pasted with spaces around it', async () => {
    const page = await visit(server);
    await page.goto('/projects/new');
    await page.getByLabel('Name').fill('  Pasted name ');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/root/pasted-name');
    await page.getByRole('heading', { name: 'Pasted name', exact: true }).waitFor();
  });

  test('says at its field that the path of a group is taken', async () => {
    const page = await visit(server);
    for (const address of ['**/groups/twice', '**/groups/new']) {
      await page.goto('/groups/new');
      await page.getByLabel('Name').fill('Twice');
      await page.keyboard.press('Enter');
      await page.waitForURL(address);
    }
    await page.getByText('Path has already been taken.').waitFor();
    expect(await page.getByText('Failed to save').count()).toBe(0);
  });

  test('in a dialog says in sight why it was refused', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server, {
      as: await memberOf(server.api, project, 'maintainer'),
      width: 320,
      height: 560,
    });
    const dialog = await fillVariable(page, project.path);
    await page.route('**/variables', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 403, json: { message: 'Not now' } })
        : route.continue(),
    );
    await button(page, 'Add variable').last().click();
    const said = dialog.getByRole('alert');
    await said.waitFor();
    const [above, below] = [await said.boundingBox(), await button(page, 'Cancel').boundingBox()];
    const covered = await said.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return !element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
    expect(covered).toBe(false);
    expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0);
  });

  test('whose session has ended says so, and goes on where one signs in again in another tab', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server);
    const dialog = await fillVariable(page, project.path);
    await page.context().clearCookies();
    await button(page, 'Add variable').last().click();
    await dialog.getByText('Your session has ended: sign in again in another tab').waitFor();
    expect(await dialog.getByLabel('Value', { exact: true }).inputValue()).toBe('typed at length');

    const data = { login: 'root', password: server.rootPassword };
    expect((await page.context().request.post('/api/v4/session', { data })).status()).toBe(201);
    await button(page, 'Add variable').last().click();
    await dialog.waitFor({ state: 'detached' });
    const [kept] = await project.call<{ key: string; value: string }[]>('GET', '/variables');
    expect(kept).toMatchObject({ key: 'DEPLOY_KEY', value: 'typed at length' });
  });

  test('is not sent in the name of somebody else who has signed in meanwhile in another tab', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server, { as: await memberOf(server.api, project, 'maintainer') });
    const dialog = await fillVariable(page, project.path);
    await page.context().clearCookies();
    const data = { login: 'root', password: server.rootPassword };
    await page.context().request.post('/api/v4/session', { data });
    const send = button(page, 'Add variable').last();
    await send.click();
    await dialog.getByText('Your session has ended').waitFor();
    await send.click();
    await dialog.getByText('@root is signed in now, in another tab: reload the page').waitFor();
    expect(await project.call('GET', '/variables')).toEqual([]);
  });
});

describeInBrowser('a dialog on a page that is much enlarged', () => {
  test('can be read and answered, however long the name is that it is about', async () => {
    const name = 'a job whose name goes on '.repeat(9).trim();
    const yard = await ciYard(server, WRITES.replace('writes:', `"${name}":`));
    await (await yard.take()).finish('failed');
    const page = await visit(server, { width: 320, height: 256 });
    await page.goto(yard.page(name));
    await button(page, 'Retry with variables…').click();
    await page.getByRole('menuitem', { name: 'Retry with other variables…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Key').fill('PLACE');
    await dialog.getByRole('button', { name: 'Retry', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  test('opens at its beginning, also where its only button stands at its end', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server, { width: 320, height: 256 });
    await page.goto(`/${project.path}/-/runners`);
    await button(page, 'New runner').click();
    await button(page, 'Create runner').click();
    const shown = page.getByRole('dialog', { name: /^Connect runner/ });
    const holdsFocus = () => shown.evaluate((dialog) => dialog.contains(document.activeElement));
    await expect.poll(holdsFocus).toBe(true);
    expect(await shown.evaluate((dialog) => dialog.scrollTop)).toBe(0);
    await button(page, 'Done').click();
    await shown.waitFor({ state: 'detached' });
  });
});

describeInBrowser('a password that an administrator has given', () => {
  test('is known to somebody else, which the page for another one says', async () => {
    const page = await visit(server, {
      as: await memberOf(server.api, await browserProject(server.api), 'guest'),
    });
    await page.goto('/-/user_settings/password');
    await page.getByText('it was given to you').waitFor();
  });
});

describeInBrowser('a page whose scripts are long in coming', () => {
  test('says that it is on its way', async () => {
    const page = await visit(server);
    const { promise: held, resolve: letThrough } = Promise.withResolvers<void>();
    await page.route('**/*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/', { waitUntil: 'commit' });
    const sign = page.getByText('Jobyard is on its way');
    await expect.poll(() => sign.evaluate((text) => getComputedStyle(text).opacity)).toBe('1');
    letThrough();
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
    expect(await sign.count()).toBe(0);
  });
});
