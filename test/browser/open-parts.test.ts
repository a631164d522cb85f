import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, drawn, hasBrowser, seriousProblems, settled, visit } from './support/browser.ts';
import { ciYard, type Yard } from './support/ci-yard.ts';
import { WRITES } from './support/job-page.ts';
import { type BrowserProject, browserProject } from './support/project.ts';

const CONFIGURATION = `
spec:
  inputs:
    place: { description: Where to, options: [here, there], default: here }
---
unit: { script: echo, tags: [nobody] }
by hand: { script: echo, when: manual, tags: [nobody], manual_confirmation: Really? }
`;

let server: TestServer;
let shared: Promise<Page> | undefined;
let project: BrowserProject;
let pipeline: number;
let manual: number;

const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();
const choose = (name: string | RegExp, item: string) => async (page: Page) => {
  await press(name)(page);
  await page.getByRole('menuitem', { name: item }).click();
};
const inProject = (rest: string) => () => `/${project.path}/-/${rest}`;
const dialog = (page: Page) => page.getByRole('dialog');
const menu = (page: Page) => page.getByRole('menu');
const sign = (page: Page, word: string) => page.getByRole('status').getByText(word, { exact: true });
const list = (page: Page) => page.getByRole('listbox');

interface Part {
  what: string;
  at: () => string;
  open: (page: Page) => Promise<unknown>;
  /** What is open then. */
  opened: (page: Page) => ReturnType<Page['locator']>;
}
const part = (what: string, at: Part['at'], open: Part['open'], opened: Part['opened']): Part => ({
  what,
  at,
  open,
  opened,
});
const home = () => '/';
const runners = inProject('runners');
const settings = inProject('settings/ci_cd');
const groupRunners = () => '/groups/parts/-/runners';
const groupSettings = () => '/groups/parts/-/settings/ci_cd';
const serverRunners = () => '/admin/runners';
const serverSettings = () => '/admin/application_settings/ci_cd';
const ofPipeline = () => `/${project.path}/-/pipelines/${pipeline}`;
const ofJob = () => `/${project.path}/-/jobs/${manual}`;

const PARTS: Part[] = [
  part('the menu of themes', home, press(/^Theme/), menu),
  part('the menu of the account', home, press(/: account$/), menu),
  part('the palette', home, (page) => page.keyboard.press('Control+k'), list),
  part('the sheet of shortcuts', home, (page) => page.keyboard.press('?'), dialog),
  part('the way to clone', () => `/${project.path}`, press('Clone'), dialog),
  part('refs to choose from', inProject('tree/main'), press(/^Branch or tag/), list),
  part(
    'refs that are suggested',
    inProject('pipelines'),
    (page) => page.getByLabel('Branch or tag').click(),
    list,
  ),
  part(
    'names that are suggested',
    inProject('jobs'),
    (page) => page.getByRole('combobox').first().click(),
    list,
  ),
  part('a question', inProject('branches'), press(/^Delete/), dialog),
  part('the menu of a pipeline', ofPipeline, press('More actions'), menu),
  part('the name of a pipeline', ofPipeline, choose('More actions', 'Rename'), dialog),
  part('what is asked before a job is played', ofJob, press('Play'), dialog),
  part('variables of a job', ofJob, choose(/with variables/, 'Play with variables…'), dialog),
  part('the form of a variable', settings, press('Add variable'), dialog),
  part(
    'scopes that are suggested',
    settings,
    async (page) => {
      await press('Add variable')(page);
      await page.getByLabel('Environment scope').click();
    },
    list,
  ),
  part('the form of a variable of a group', groupSettings, press('Add variable'), dialog),
  part('the form of a variable of the server', serverSettings, press('Add variable'), dialog),
  part('the question before a variable is deleted', groupSettings, press('Delete PLACE'), dialog),
  part('the form of a runner', runners, press('New runner'), dialog),
  part('the menu of a runner', runners, press(/^More of/), menu),
  part('a runner that is changed', runners, choose(/^More of/, 'Edit…'), dialog),
  part('the form of a runner of a group', groupRunners, press('New runner'), dialog),
  part('the form of a runner of the server', serverRunners, press('New runner'), dialog),
  part('the menu of a runner of a group', groupRunners, press(/^More of/), menu),
  part('the question before a runner is deleted', serverRunners, choose(/^More of/, 'Delete…'), dialog),
  part('runners to choose from', runners, press('Use another project’s'), dialog),
  part(
    'a tip',
    home,
    (page) => page.getByRole('button', { name: /^Commands and search/ }).hover(),
    (page) => page.getByText('Commands and search (Ctrl+K)'),
  ),
];

async function expectFine(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await drawn(page);
    expect(await seriousProblems(page), colorScheme).toEqual([]);
  }
}

beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

describeInBrowser('what opens over a page', () => {
  beforeAll(async () => {
    if (!hasBrowser) return;
    project = await browserProject(server.api, { '.gitlab-ci.yml': CONFIGURATION });
    await project.push({ other: 'x' }, { branch: 'other' });
    pipeline = (await project.call<{ id: number }[]>('GET', '/pipelines?ref=main'))[0]?.id ?? 0;
    const jobs = await project.call<{ id: number; name: string }[]>('GET', `/pipelines/${pipeline}/jobs`);
    manual = jobs.find(({ name }) => name === 'by hand')?.id ?? 0;
    const made = async <Body>(path: string, body: object): Promise<Body> => {
      const reply = await server.api<Body>('POST', path, { body });
      if (reply.status !== 201) throw new Error(`${path}: ${reply.status}`);
      return reply.body;
    };
    const group = await made<{ id: number }>('/groups', { name: 'Parts', path: 'parts' });
    for (const owner of [
      { runner_type: 'project_type', project_id: project.id },
      { runner_type: 'group_type', group_id: group.id },
      { runner_type: 'instance_type' },
    ])
      await made('/user/runners', { ...owner, description: 'mine' });
    await made(`/groups/${group.id}/variables`, { key: 'PLACE', value: 'here' });
  });

  test.each(PARTS)('has no serious problem in either theme: $what', async ({ at, open, opened }) => {
    const page = await (shared ??= visit(server, { lasting: true }));
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(at());
    await page.getByRole('heading').first().waitFor();
    await settled(page);
    await open(page);
    await opened(page).first().waitFor();
    await expectFine(page);
    await page.keyboard.press('Escape');
    await opened(page).first().waitFor({ state: 'detached' });
  });
});

describeInBrowser('what is there for a while only', () => {
  let yard: Yard;
  beforeAll(async () => {
    if (!hasBrowser) return;
    yard = await ciYard(server, `${WRITES}far: { tags: [a-mainframe], script: it is simulated }\n`);
    const job = await yard.take();
    await job.write('found here\nnot there\n\x1b[31mfound\x1b[0m again\n');
    await job.finish('failed');
  });

  test('has no serious problem in either theme: why a job is pending', async () => {
    const page = await visit(server);
    await page.goto(yard.page('far'));
    const why = page.getByRole('region', { name: 'Why it is pending' });
    await why.getByText('No runner can take it.').waitFor();
    await expectFine(page);
  });

  test('has no serious problem in either theme: what is found in a log', async () => {
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await page.getByRole('textbox', { name: 'Search the log' }).fill('found');
    await page.getByText('1 of 2', { exact: true }).waitFor();
    await expectFine(page);
  });

  test('has no serious problem in either theme: that a page is offline', async () => {
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await page.getByText('not there').waitFor();
    await page.context().setOffline(true);
    await sign(page, 'Offline').waitFor();
    await expectFine(page);
  });

  test('has no serious problem in either theme: that a page is not live', async () => {
    const page = await visit(server);
    await page.route('**/events/stream*', (route) => route.abort());
    await page.goto(yard.page('writes'));
    await sign(page, 'Not live').waitFor();
    await expectFine(page);
  });
});
