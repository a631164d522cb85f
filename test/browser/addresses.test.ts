import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { browserProject } from './support/project.ts';

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

  test('is found by the command palette: groups by name, projects by their whole path, pipelines and jobs by number', async () => {
    const project = await browserProject(server.api, {
      '.gitlab-ci.yml': 'unit: { script: echo, tags: [nobody] }',
    });
    const [pipeline] = await project.call<{ id: number }[]>('GET', '/pipelines');
    const made = await server.api('POST', '/groups', { body: { name: 'Findable', path: 'findable' } });
    expect(made.status).toBe(201);
    const page = await visit(server);
    await page.goto(`/${project.path}`);
    for (const [typed, option, address] of [
      ['findable', 'findable', '/groups/findable'],
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
