import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { type BrowserProject, browserProject, memberOf } from './support/project.ts';

const CONFIGURATION = `
spec:
  inputs:
    where: { description: Where it goes, default: staging, options: [staging, production] }
    region:
      rules:
        - if: $[[ inputs.where ]] == "production"
          options: [eu, us]
          default: eu
        - options: [lab]
          default: lab
---
variables:
  LEVEL: { value: low, description: How loud it is }
unit: { script: 'echo $[[ inputs.where ]] $[[ inputs.region ]]', tags: [nobody] }
`;
const SECRET = 'not for an address';

let server: TestServer;
let project: BrowserProject;

const form = () => `/${project.path}/-/pipelines/new`;
const value = (page: Page, label: string) => page.getByLabel(label, { exact: true }).inputValue();
const kept = (page: Page) => page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
const type = async (page: Page) => {
  await page.goto(form());
  await page.getByLabel('Key of variable 1').fill('TOKEN');
  await page.getByLabel('Value of variable 1').fill(SECRET);
};

describeInBrowser('a reload', () => {
  beforeAll(async () => {
    if (!hasBrowser) return;
    server = await bootServer();
    project = await browserProject(server.api, { '.gitlab-ci.yml': CONFIGURATION });
  });

  test('keeps what has been typed for a pipeline, of which nothing stands in the address', async () => {
    const page = await visit(server);
    await type(page);
    await page.getByLabel('Type of variable 2').selectOption('File');
    await page.getByLabel('Key of variable 2').fill('NOTES');
    await page.getByLabel('LEVEL').fill('high');
    await page.getByLabel('where', { exact: true }).selectOption('production');
    const region = page.getByLabel('region');
    await expect.poll(() => region.locator('option').allTextContents()).toEqual(['eu', 'us']);
    await region.selectOption('us');
    await page.reload();
    // What can be chosen follows what had been, too.
    await expect.poll(() => region.locator('option').allTextContents()).toEqual(['eu', 'us']);
    expect(await region.inputValue()).toBe('us');
    expect(await value(page, 'where')).toBe('production');
    expect(await value(page, 'LEVEL')).toBe('high');
    expect(await value(page, 'Key of variable 1')).toBe('TOKEN');
    expect(await value(page, 'Value of variable 1')).toBe(SECRET);
    expect(await value(page, 'Key of variable 2')).toBe('NOTES');
    expect(await value(page, 'Type of variable 2')).toBe('file');
    expect(page.url()).toMatch(/\/pipelines\/new$/);
  });

  test('keeps nothing of it once the form has been left, by a pipeline or without one', async () => {
    const page = await visit(server);
    for (const leave of [
      () => page.goto('/'),
      () => page.getByRole('link', { name: 'Cancel' }).click(),
      () => page.getByRole('link', { name: 'Branches' }).click(),
      () => page.getByRole('button', { name: 'Run pipeline' }).click(),
    ]) {
      await type(page);
      expect(await kept(page)).toContain(SECRET);
      await leave();
      await page.waitForURL((url) => url.pathname !== form());
      await expect.poll(() => kept(page)).not.toContain(SECRET);
    }
    await page.goto(form());
    await page.getByLabel('LEVEL').waitFor();
    expect(await value(page, 'Key of variable 1')).toBe('');
  });

  test('fills in nothing of it for the next person in the tab', async () => {
    const page = await visit(server);
    await type(page);
    const data = await memberOf(server.api, project, 'developer');
    const account = page.getByRole('button', { name: `${data.login}: account` });
    await page.context().clearCookies();
    expect((await page.context().request.post('/api/v4/session', { data })).status()).toBe(201);
    // Between the two the page may have gone to where one signs in.
    await page.goto(form());
    await account.waitFor();
    await page.getByLabel('LEVEL').waitFor();
    expect(await value(page, 'Value of variable 1')).toBe('');
    expect(await kept(page)).not.toContain(SECRET);
    await page.getByLabel('Value of variable 1').fill(SECRET);
    await account.click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await kept(page)).not.toContain(SECRET);
  });

  test('of what was typed into one form fills in no other', async () => {
    const page = await visit(server);
    await type(page);
    await page.goto(`${form()}?var[PLACE]=of%20a%20link`);
    await page.getByLabel('LEVEL').waitFor();
    expect(await value(page, 'Key of variable 1')).toBe('PLACE');
    expect(await value(page, 'Value of variable 1')).toBe('of a link');
  });

  test('keeps which runners are shown, and which of them is open', async () => {
    for (const [description, tag_list] of [
      ['big one', ['linux', 'gpu']],
      ['small one', ['linux']],
    ] as const) {
      const body = { runner_type: 'project_type', project_id: project.id, description, tag_list };
      expect((await server.api('POST', '/user/runners', { body })).status).toBe(201);
    }
    const page = await visit(server);
    const cards = () => page.locator('li[data-runner]').getByRole('heading').allTextContents();
    await page.goto(`/${project.path}/-/runners`);
    await expect.poll(async () => (await cards()).toSorted()).toEqual(['big one', 'small one']);
    await page.getByRole('button', { name: /^Of this project/ }).click();
    await page.getByLabel('Status', { exact: true }).selectOption('Never contacted');
    await page.getByLabel('Tags', { exact: true }).fill('linux, gpu');
    await page.getByLabel('Tags', { exact: true }).press('Enter');
    await page.getByLabel('Search', { exact: true }).fill('one');
    await page.getByLabel('Search', { exact: true }).press('Enter');
    await expect.poll(cards).toEqual(['big one']);
    await page.getByRole('button', { name: 'Machines' }).click();
    await page.getByText('No machine has called yet.').waitFor();
    await page.reload();
    await page.getByText('No machine has called yet.').waitFor();
    expect(await cards()).toEqual(['big one']);
    expect(await value(page, 'Status')).toBe('never_contacted');
    expect(await value(page, 'Tags')).toBe('linux, gpu');
    expect(await value(page, 'Search')).toBe('one');
    const chosen = page.getByRole('button', { name: /^Of this project/ });
    expect(await chosen.getAttribute('aria-pressed')).toBe('true');
  });
});
