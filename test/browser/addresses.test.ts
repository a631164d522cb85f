import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { browserProject } from './support/project.ts';

/** By then what was typed stands in the address. */
const WRITTEN_MS = 600;

let server: TestServer;
beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

describeInBrowser('an address of GitLab', () => {
  test('leads to the group, the subgroup and the person of that name', async () => {
    const group = await server.api<{ id: number }>('POST', '/groups', {
      body: { name: 'Outer', path: 'outer' },
    });
    const inner = { name: 'Inner', path: 'inner', parent_id: group.body.id };
    expect((await server.api('POST', '/groups', { body: inner })).status).toBe(201);
    const page = await visit(server);
    for (const [address, heading] of [
      ['/outer', 'Outer'],
      ['/outer/inner', 'Outer / Inner'],
      ['/root', 'Your own projects'],
    ] as const) {
      await page.goto(address);
      await page.getByRole('heading', { name: heading, exact: true }).waitFor();
    }
    await page.goto('/outer/nothing');
    await page.getByText('Nothing is here').waitFor();
    await page.route('**/api/v4/groups/outer%2Fnothing?*', (route) =>
      route.fulfill({ status: 500, json: {} }),
    );
    await page.reload();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    expect(await page.getByText('Nothing is here').count()).toBe(0);
  });

  test('with a scope shows it among the filters', async () => {
    const project = await browserProject(server.api, {
      '.gitlab-ci.yml': 'unit: { script: echo, tags: [nobody] }',
    });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/pipelines?scope=running`);
    await page.getByText('No pipeline fits').waitFor();
    expect(await page.getByLabel('Which').inputValue()).toBe('running');
  });

  test('is found by the command palette: groups and projects by name or path, pipelines and jobs by number', async () => {
    const project = await browserProject(server.api, {
      '.gitlab-ci.yml': 'unit: { script: echo, tags: [nobody] }',
    });
    const [pipeline] = await project.call<{ id: number }[]>('GET', '/pipelines');
    for (const body of [
      { name: 'Findable', path: 'findable' },
      { name: 'Quality Team', path: 'qt' },
    ])
      expect((await server.api('POST', '/groups', { body })).status).toBe(201);
    const gadgets = { name: 'Wind Tunnel', path: 'gadgets' };
    expect((await server.api('POST', '/projects', { body: gadgets })).status).toBe(201);
    const page = await visit(server);
    await page.goto(`/${project.path}`);
    for (const [typed, option, address] of [
      ['findable', 'findable', '/groups/findable'],
      ['Quality', 'qt Quality Team', '/groups/qt'],
      ['gadgets', 'root/gadgets Wind Tunnel', '/root/gadgets'],
      ['wind tun', 'root/gadgets Wind Tunnel', '/root/gadgets'],
      [project.path, project.path, `/${project.path}`],
      [`#${pipeline?.id}`, `Pipeline #${pipeline?.id}`, `/${project.path}/-/pipelines/${pipeline?.id}`],
    ] as const) {
      await page.goto(`/${project.path}/-/jobs`);
      await page.getByRole('link', { name: 'unit' }).waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByLabel('Command', { exact: true }).fill(typed);
      await page.getByRole('option', { name: option, exact: true }).click();
      await page.waitForURL(`**${address}`);
    }
  });
});

describeInBrowser('Back', () => {
  test('undoes each filter, and what was typed as one, before it leaves the page', async () => {
    const project = await browserProject(server.api, {
      '.gitlab-ci.yml': 'unit: { script: echo, tags: [nobody] }',
    });
    const page = await visit(server);
    await page.goto(`/${project.path}`);
    await page.getByRole('link', { name: 'Pipelines', exact: true }).click();
    const status = page.getByLabel('Status');
    await status.selectOption('failed');
    await page.waitForURL(/status=failed$/);
    await status.selectOption('running');
    await page.waitForURL(/status=running$/);
    await page.getByLabel('Source').selectOption('push');
    await page.waitForURL(/status=running&source=push$/);
    const chosen = async () => [await status.inputValue(), await page.getByLabel('Source').inputValue()];
    await page.goBack();
    await expect.poll(chosen).toEqual(['running', '']);
    await page.goBack();
    await expect.poll(chosen).toEqual(['failed', '']);
    await page.goForward();
    await expect.poll(chosen).toEqual(['running', '']);
    await page.goBack();
    await page.goBack();
    await expect.poll(chosen).toEqual(['', '']);

    await page
      .getByRole('row', { name: /unit|main/ })
      .getByRole('link')
      .first()
      .click();
    await page.getByRole('tab', { name: /^Jobs/ }).click();
    const filter = page.getByLabel('Filter', { exact: true });
    await filter.pressSequentially('unit');
    await page.waitForURL(/text=unit$/);
    await page.goBack();
    await expect.poll(() => filter.inputValue()).toBe('');
    expect(page.url()).toMatch(/view=jobs$/);
    await page.goBack();
    await page.getByRole('tab', { name: 'Graph', selected: true }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Pipelines', exact: true }).waitFor();
    await page.goBack();
    await page.waitForURL(`**/${project.path}`);
  });

  test('stays on the page where what was typed was deleted again', async () => {
    const project = await browserProject(server.api, {
      '.gitlab-ci.yml': 'unit: { script: echo, tags: [nobody] }',
    });
    const page = await visit(server);
    const [pipeline] = await project.call<{ id: number }[]>('GET', '/pipelines');
    await page.goto(`/${project.path}/-/pipelines/${pipeline?.id}?view=jobs`);
    const filter = page.getByLabel('Filter', { exact: true });
    await filter.pressSequentially('unit');
    await page.waitForURL(/text=unit$/);
    await filter.fill('');
    await page.waitForURL(/view=jobs$/);
    await page.goBack();
    await filter.pressSequentially('u');
    await page.waitForURL(/text=u$/);
    await page.goBack();
    await page.waitForURL(/view=jobs$/);
    await page.goForward();
    await page.waitForURL(/text=u$/);
  });

  test('comes back to the search of a link, though blanks were typed first', async () => {
    const page = await visit(server);
    await page.goto('/dashboard/groups?search=no%20such');
    const search = page.getByLabel('Search groups');
    await search.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Space');
    await page.waitForTimeout(WRITTEN_MS);
    await page.keyboard.press('Backspace');
    await page.waitForTimeout(WRITTEN_MS);
    expect(page.url()).toMatch(/search=no%20such$/);
    await page.keyboard.press('x');
    await page.waitForURL(/search=no\+suchx$/);
    await page.goBack();
    await page.waitForURL(/search=no%20such$/);
    await expect.poll(() => search.inputValue()).toBe('no such');
  });

  test('undoes a letter that is not yet in the address', async () => {
    const body = { name: 'Outset', path: 'outset' };
    expect((await server.api('POST', '/groups', { body })).status).toBe(201);
    const page = await visit(server);
    await page.goto('/dashboard/groups');
    const search = page.getByLabel('Search groups');
    await search.fill('out');
    await page.waitForURL(/search=out$/);
    await search.fill('oute');
    await page.evaluate(() => history.back());
    await page.waitForTimeout(WRITTEN_MS);
    expect(page.url()).toMatch(/groups$/);
    expect(await search.inputValue()).toBe('');
  });
});
