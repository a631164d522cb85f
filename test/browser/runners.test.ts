import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, seriousProblems, visit } from './support/browser.ts';
import { browserProject, memberOf } from './support/project.ts';

interface Runner {
  id: number;
  description: string;
  paused: boolean;
  tag_list: string[];
  maximum_timeout: number | null;
  access_level: string;
}

let server: TestServer;

const card = (page: Page, text: string) => page.locator('li[data-runner]', { hasText: text });
const more = async (page: Page, name: string, item: string) => {
  await page.getByRole('button', { name: `More of ${name}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

/** Says over the runner protocol that a machine is there. */
async function verify(token: string): Promise<void> {
  const reply = await server.api('POST', '/runners/verify', {
    token: null,
    body: { token, system_id: 's_of_the_test', info: { version: '18.0.0', platform: 'linux' } },
  });
  expect(reply.status).toBe(200);
}

describeInBrowser('runners', () => {
  beforeAll(async () => {
    server = await bootServer({ config: { runner: true } });
  });

  test('one is made, registers with the command that is shown, and the page sees it come', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server);
    await page.goto(`/${project.path}/-/runners`);
    await page.getByRole('button', { name: 'New runner' }).click();
    const form = page.getByRole('dialog', { name: 'New runner' });
    await form.getByLabel('Description').fill('a <b>big</b> one');
    await form.getByRole('switch', { name: 'Run untagged jobs' }).click();
    await form.getByRole('button', { name: 'Create runner' }).click();
    await form.getByText(/it would run nothing/).waitFor();
    await form.getByLabel('Tags').fill('linux, gpu');
    await form.getByRole('button', { name: 'Create runner' }).click();

    const shown = page.getByRole('dialog', { name: /^Connect runner/ });
    await shown.getByText('Waiting for the runner to connect…').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    const token = (await shown.getByLabel('Token', { exact: true }).textContent()) ?? '';
    expect(token).toMatch(/^glrt-/);
    const command = await shown.getByLabel('Commands', { exact: true }).textContent();
    expect(command).toContain(`--url ${server.url} `);
    expect(command).toContain(`--token ${token} `);
    await verify(token);
    await shown.getByText(/The runner has connected/).waitFor();
    await shown.getByRole('button', { name: 'Done' }).click();
    await card(page, 'a <b>big</b> one').getByText('Online').waitFor();
    await card(page, 'a <b>big</b> one').getByText('gpu', { exact: true }).waitFor();
    await card(page, 'a <b>big</b> one').getByRole('button', { name: 'Machines' }).click();
    await page.getByText('s_of_the_test').waitFor();
    await page.getByLabel('Search', { exact: true }).fill('BIG');
    await page.getByLabel('Search', { exact: true }).press('Enter');
    await card(page, 'Built-in runner').waitFor({ state: 'detached' });
    await card(page, 'a <b>big</b> one').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await card(page, 'Built-in runner').waitFor();
    expect(await page.content()).not.toContain(token);
  });

  test('are paused, resumed, changed and deleted', async () => {
    const project = await browserProject(server.api);
    const made = await server.api<{ id: number; token: string }>('POST', '/user/runners', {
      body: { runner_type: 'project_type', project_id: project.id, description: 'mine' },
    });
    await verify(made.body.token);
    const runner = async () => (await server.api<Runner>('GET', `/runners/${made.body.id}`, {})).body;
    const page = await visit(server);
    await page.goto(`/${project.path}/-/runners`);
    await page.getByRole('button', { name: 'Pause mine' }).click();
    await card(page, 'mine').getByText('Paused').waitFor();
    await expect.poll(async () => (await runner()).paused).toBe(true);
    await page.getByRole('button', { name: 'Resume mine' }).click();
    await card(page, 'mine').getByText('Online').waitFor();

    await more(page, 'mine', 'Edit…');
    const form = page.getByRole('dialog');
    await form.getByLabel('Tags').fill('new');
    await form.getByLabel('Maximum time of a job, in minutes').fill('5');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('at least 10').waitFor();
    await form.getByLabel('Maximum time of a job, in minutes').fill('30');
    await form.getByRole('switch', { name: 'Protected' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    await card(page, 'mine').getByText('new', { exact: true }).waitFor();
    await expect.poll(runner).toMatchObject({
      tag_list: ['new'],
      maximum_timeout: 1800,
      access_level: 'ref_protected',
    });

    await more(page, 'mine', 'Delete…');
    await page.getByRole('button', { name: 'Delete runner' }).click();
    await card(page, 'mine').waitFor({ state: 'detached' });
    await expect.poll(async () => (await server.api('GET', `/runners/${made.body.id}`)).status).toBe(404);
  });

  test('of a group and of the server are made on their own pages, and seen by the projects below', async () => {
    const group = await server.api<{ id: number }>('POST', '/groups', {
      body: { name: 'Crew', path: 'crew' },
    });
    const body = { name: 'inside', namespace_id: group.body.id };
    expect((await server.api('POST', '/projects', { body })).status).toBe(201);
    const page = await visit(server);
    for (const [address, name] of [
      ['/groups/crew/-/runners', 'of the crew'],
      ['/admin/runners', 'of all'],
    ] as const) {
      await page.goto(address);
      await page.getByRole('button', { name: 'New runner' }).click();
      const form = page.getByRole('dialog', { name: 'New runner' });
      await form.getByLabel('Description').fill(name);
      await form.getByRole('button', { name: 'Create runner' }).click();
      await page
        .getByRole('dialog', { name: /^Connect runner/ })
        .getByRole('button', { name: 'Done' })
        .click();
      await card(page, name).getByText('Never contacted').waitFor();
    }
    await card(page, 'of the crew').getByText('Group', { exact: true }).waitFor();
    await page.goto('/crew/inside/-/runners');
    await card(page, 'of the crew').getByText('Group', { exact: true }).waitFor();
    await card(page, 'of all').getByText('Server', { exact: true }).waitFor();
  });

  test('say what they do now, with the way to the job', async () => {
    const project = await browserProject(server.api, { '.gitlab-ci.yml': 'long:\n  script: sleep 300\n' });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/runners`);
    await card(page, 'Built-in runner').getByRole('link', { name: 'long' }).click();
    await page.waitForURL(/-\/jobs\/\d+$/);
    expect(page.url()).toContain(project.path);
    const [pipeline] = await project.call<{ id: number }[]>('GET', '/pipelines');
    await page.goto(`/${project.path}/-/runners`);
    await project.call('POST', `/pipelines/${pipeline?.id}/cancel`);
    await card(page, 'Built-in runner').getByRole('link', { name: 'long' }).waitFor({ state: 'detached' });
  });

  test('of another project that one maintains are assigned to this one, and taken from it', async () => {
    const owner = await browserProject(server.api);
    const other = await browserProject(server.api);
    const body = { runner_type: 'project_type', project_id: owner.id, description: 'shared' };
    expect((await server.api('POST', '/user/runners', { body })).status).toBe(201);
    const maintainer = await memberOf(server.api, owner, 'maintainer');
    const users = await server.api<{ id: number }[]>('GET', `/users?username=${maintainer.login}`);
    await other.call('POST', '/members', { user_id: users.body[0]?.id, access_level: 40 });
    const page = await visit(server, { as: maintainer });
    await page.goto(`/${other.path}/-/runners`);
    await page.getByRole('button', { name: 'Use another project’s' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('li', { hasText: 'shared' }).getByRole('button', { name: 'Assign' }).click();
    await dialog.getByText('There is none.').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await card(page, 'shared').waitFor();
    // What the project has is not offered again, however the list behind is narrowed.
    await page.goto(`/${other.path}/-/runners?search=nothing`);
    await page.getByRole('button', { name: 'Use another project’s' }).click();
    await page.getByRole('dialog').getByText('There is none.').waitFor();
    await page.goto(`/${other.path}/-/runners`);
    await more(page, 'shared', 'Take from this project');
    await card(page, 'shared').waitFor({ state: 'detached' });
  });

  test('are changed by those alone who look after them', async () => {
    const project = await browserProject(server.api);
    const body = { runner_type: 'instance_type', description: 'of the server' };
    expect((await server.api('POST', '/user/runners', { body })).status).toBe(201);
    const page = await visit(server, { as: await memberOf(server.api, project, 'maintainer') });
    await page.goto(`/${project.path}/-/runners`);
    await card(page, 'of the server').waitFor();
    await card(page, 'Built-in runner').waitFor();
    await page.getByRole('button', { name: 'New runner' }).waitFor();
    expect(await page.getByRole('button', { name: /^Pause/ }).count()).toBe(0);
    expect(await card(page, 'of the server').getByRole('button', { name: /^More/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'More of Built-in runner' }).click();
    await page.getByRole('menuitem').first().waitFor();
    expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Take from this project']);
    await page.keyboard.press('Escape');
    await page.goto('/admin/runners');
    await page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    expect(await page.getByRole('button', { name: 'New runner' }).count()).toBe(0);
  });
});
