import { beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, seriousProblems, visit } from './support/browser.ts';
import { browserProject, memberOf } from './support/project.ts';

interface Variable {
  key: string;
  value: string | null;
  masked: boolean;
  hidden: boolean;
  protected: boolean;
  raw: boolean;
  variable_type: string;
  environment_scope: string;
}

let server: TestServer;

const open = async (page: Page, path: string) => {
  await page.goto(path);
  await page.getByRole('button', { name: 'Add variable' }).click();
  return page.getByRole('dialog');
};
const row = (page: Page, text: string) => page.locator('tr[data-variable]', { hasText: text });

describeInBrowser('variables', () => {
  beforeAll(async () => {
    server = await bootServer();
  });

  test('are searched for in all of them, however many pages they fill', async () => {
    const project = await browserProject(server.api);
    for (let number = 100; number < 204; number++)
      await project.call('POST', '/variables', { key: `KEY_${number}`, value: 'x' });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/settings/ci_cd`);
    await row(page, 'KEY_100').waitFor();
    expect(await row(page, 'KEY_203').count()).toBe(0);
    await page.getByRole('button', { name: 'Next' }).waitFor();
    await page.getByLabel('Search', { exact: true }).fill('key_203');
    await row(page, 'KEY_203').waitFor();
    expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(0);
    await page.getByLabel('Search', { exact: true }).fill('key_999');
    await page.getByText('No variable fits').waitFor();
  });

  test('are added with all that they can be; what cannot be masked says why at its field', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server);
    const dialog = await open(page, `/${project.path}/-/settings/ci_cd`);
    await dialog.getByLabel('Key', { exact: true }).fill('TOKEN');
    await dialog.getByLabel('Value', { exact: true }).fill('short');
    await dialog.getByRole('radio', { name: 'Masked', exact: true }).click();
    await dialog.getByRole('button', { name: 'Add variable' }).click();
    await dialog.getByText('A masked value has at least 8 characters').waitFor();
    expect(await dialog.getByLabel('Value', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    expect(await seriousProblems(page)).toEqual([]);
    await dialog.getByLabel('Value', { exact: true }).fill('secret$value');
    await dialog.getByRole('button', { name: 'Add variable' }).click();
    await dialog.getByText(/has no \$ while references/).waitFor();
    await dialog.getByRole('switch', { name: 'Expand variable references' }).click();
    await dialog.getByRole('switch', { name: 'Protected' }).click();
    await dialog.getByLabel('Environment scope').fill('prod/*');
    await dialog.getByRole('button', { name: 'Add variable' }).click();
    await row(page, 'TOKEN').waitFor();
    await expect
      .poll(() => project.call<Variable[]>('GET', '/variables'))
      .toMatchObject([
        {
          key: 'TOKEN',
          value: 'secret$value',
          masked: true,
          hidden: false,
          protected: true,
          raw: true,
          variable_type: 'env_var',
          environment_scope: 'prod/*',
        },
      ]);
  });

  test('are not shown before somebody asks for it, and hidden ones never', async () => {
    const project = await browserProject(server.api);
    await project.call('POST', '/variables', { key: 'OPEN', value: '<b>in the clear</b>' });
    await project.call('POST', '/variables', {
      key: 'SHUT',
      value: 'never-to-be-seen',
      masked_and_hidden: true,
    });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/settings/ci_cd`);
    await row(page, 'OPEN').waitFor();
    expect(await page.getByText('in the clear').count()).toBe(0);
    await page.getByRole('button', { name: 'Reveal OPEN' }).click();
    await page.getByText('<b>in the clear</b>').waitFor();
    expect(
      await row(page, 'SHUT')
        .getByRole('button', { name: /Reveal|Copy/ })
        .count(),
    ).toBe(0);
    await page.getByRole('button', { name: 'Edit SHUT' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('Value', { exact: true }).inputValue()).toBe('');
    await dialog.getByLabel('Description').fill('shut');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row(page, 'shut').waitFor();
    expect(await page.content()).not.toContain('never-to-be-seen');
  });

  test('of one key with several scopes are changed and deleted each by itself', async () => {
    const project = await browserProject(server.api);
    for (const environment_scope of ['staging', 'production'])
      await project.call('POST', '/variables', { key: 'URL', value: environment_scope, environment_scope });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/settings/ci_cd`);
    await page.getByRole('button', { name: 'Edit URL (production)' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Value', { exact: true }).fill('changed');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Delete URL (staging)' }).click();
    await page.getByRole('button', { name: 'Delete variable' }).click();
    await row(page, 'staging').waitFor({ state: 'detached' });
    await expect
      .poll(() => project.call<Variable[]>('GET', '/variables'))
      .toMatchObject([{ key: 'URL', value: 'changed', environment_scope: 'production' }]);
  });

  test('what the server says against a key stands at the key', async () => {
    const project = await browserProject(server.api);
    await project.call('POST', '/variables', { key: 'TWICE', value: 'a' });
    const page = await visit(server);
    const dialog = await open(page, `/${project.path}/-/settings/ci_cd`);
    await dialog.getByLabel('Key', { exact: true }).fill('TWICE');
    await dialog.getByRole('button', { name: 'Add variable' }).click();
    await dialog.getByText(/has already been taken/).waitFor();
    expect(await dialog.getByLabel('Key', { exact: true }).getAttribute('aria-invalid')).toBe('true');
  });

  test('of the server and of a group have pages too, and show where projects inherit them', async () => {
    const { api } = server;
    const group = await api<{ id: number }>('POST', '/groups', { body: { name: 'Acme', path: 'acme' } });
    const body = { name: 'inside', namespace_id: group.body.id };
    expect((await api('POST', '/projects', { body })).status).toBe(201);
    const page = await visit(server);
    for (const [address, key] of [
      ['/admin/application_settings/ci_cd', 'OF_SERVER'],
      ['/groups/acme/-/settings/ci_cd', 'OF_GROUP'],
    ] as const) {
      const dialog = await open(page, address);
      await dialog.getByLabel('Key', { exact: true }).fill(key);
      await dialog.getByRole('button', { name: 'Add variable' }).click();
      await row(page, key).waitFor();
    }
    await page.goto('/acme/inside/-/settings/ci_cd');
    await page.getByRole('region', { name: 'Variables of acme' }).getByText('OF_GROUP').waitFor();
    await page.getByRole('region', { name: 'Variables of the server' }).getByText('OF_SERVER').waitFor();
  });

  test('are not for a developer, who is offered no way there', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server, { as: await memberOf(server.api, project, 'developer') });
    await page.goto(`/${project.path}/-/pipelines`);
    const places = page.getByRole('navigation', { name: 'Project', exact: true });
    await places.getByRole('link', { name: 'Pipelines' }).waitFor();
    expect(await places.getByRole('link', { name: /Variables|Runners/ }).count()).toBe(0);
    await page.goto(`/${project.path}/-/settings/ci_cd`);
    await page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    expect(await page.getByRole('button', { name: 'Add variable' }).count()).toBe(0);
  });
});
