import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, seriousProblems, visit } from './support/browser.ts';
import { type BrowserProject, browserProject, memberOf } from './support/project.ts';

let server: TestServer;
beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

const CONFIG = `spec:
  inputs:
    where:
    size: { type: number, default: 1 }
---
include: /ci/part.yml
deploy: { script: to $[[ inputs.where ]] of size $[[ inputs.size ]] }
`;
const CHILD = 'spec: { inputs: { env: } }\n---\nunit: { script: in $[[ inputs.env ]] }\n';

const create = async ({ call }: BrowserProject, inputs: object = {}) =>
  (await call<{ id: number }>('POST', '/pipeline', { ref: 'main', inputs })).id;

async function open(page: Page, { path }: BrowserProject, id: number) {
  await page.goto(`/${path}/-/pipelines/${id}?view=yaml`);
  const text = page.getByLabel('Configuration in one');
  const inputs = page.getByRole('table', { name: 'Inputs that this pipeline was given' });
  return {
    text,
    files: page.getByRole('list', { name: 'Made of' }),
    inputs,
    rows: async () =>
      (await inputs.getByRole('row').allInnerTexts()).slice(1).map((row) => row.trim().split(/\s*\t\s*/)),
  };
}

describeInBrowser('the configuration of a pipeline', () => {
  test('is what it was made of, with what it was given, though its files have changed', async () => {
    const project = await browserProject(server.api);
    await project.push({ '.gitlab-ci.yml': CONFIG, 'ci/part.yml': 'part: { script: first }\n' });
    const id = await create(project, { where: 'eu', size: 2 });
    await project.push({ 'ci/part.yml': 'part: { script: changed }\n' });
    const page = await visit(server);
    const { text, files, rows } = await open(page, project, id);
    await text.filter({ hasText: 'script: to eu of size 2' }).waitFor();
    await text.filter({ hasText: 'script: first' }).waitFor();
    expect(await rows()).toEqual([
      ['where', 'eu'],
      ['size', '2'],
    ]);
    expect(await files.getByRole('link').allInnerTexts()).toEqual(['.gitlab-ci.yml', 'ci/part.yml']);
    expect(await page.getByRole('tabpanel').getByRole('note').count()).toBe(0);
    expect(await seriousProblems(page)).toEqual([]);
    await files.getByRole('link', { name: 'ci/part.yml' }).click();
    await page.getByText('part: { script: first }').waitFor();
  });

  test('is of a child what its parent named and gave', async () => {
    const project = await browserProject(server.api, {
      'child.yml': CHILD,
      '.gitlab-ci.yml': 'go: { trigger: { include: [{ local: child.yml, inputs: { env: prod } }] } }\n',
    });
    const children = () =>
      project.call<{ id: number; status: string }[]>('GET', '/pipelines?source=parent_pipeline');
    await expect.poll(async () => (await children()).length, { timeout: 20_000 }).toBe(1);
    const page = await visit(server);
    const { text, files, rows } = await open(page, project, (await children())[0]!.id);
    await text.filter({ hasText: 'script: in prod' }).waitFor();
    expect(await rows()).toEqual([['env', 'prod', 'child.yml']]);
    expect(await files.getByRole('listitem').allInnerTexts()).toEqual(['child.yml']);
  });

  test('says why it is not there: for whom it is not, that it cannot be read, or that nothing was kept', async () => {
    const shared = await browserProject(server.api, { 'a.yml': 'theirs: { script: a }\n' });
    const project = await browserProject(server.api, {
      '.gitlab-ci.yml': `include: { project: ${shared.path}, file: a.yml }\n`,
    });
    const [{ id } = { id: 0 }] = await project.call<{ id: number }[]>('GET', '/pipelines');
    const page = await visit(server);
    const { text, files } = await open(page, project, id);
    await text.filter({ hasText: 'theirs:' }).waitFor();
    expect(await files.getByRole('listitem').last().innerText()).toBe(`a.yml of ${shared.path}@HEAD`);
    const reporter = await visit(server, { as: await memberOf(server.api, project, 'reporter') });
    await open(reporter, project, id);
    await reporter.getByText(/not for you to read: a file of another project/).waitFor();
    expect(await reporter.getByText('theirs').count()).toBe(0);

    await project.push({ '.gitlab-ci.yml': CONFIG });
    const [wrong] = await project.call<{ id: number }[]>('GET', '/pipelines');
    await open(page, project, wrong!.id);
    await page.getByText(/mistakes because of which it cannot be shown in one/).waitFor();

    await project.push({ '.gitlab-ci.yml': 'unit: { script: later }\n' }, { message: 'Not now [skip ci]' });
    const [skipped] = await project.call<{ id: number }[]>('GET', '/pipelines');
    const old = await open(page, project, skipped!.id);
    await page.getByText(/Nothing was kept of what this pipeline was made of/).waitFor();
    await old.text.filter({ hasText: 'script: later' }).waitFor();
  });
});
