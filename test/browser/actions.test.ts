import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { ciYard, type Yard } from './support/ci-yard.ts';
import { node } from './support/graph.ts';
import { holdRequests } from './support/held-request.ts';
import { badge } from './support/job-page.ts';

const CONFIGURATION = `
workflow: { rules: [{ if: $CI_COMMIT_BRANCH == "main" }] }
writes:
  tags: [simulated]
  script: it is simulated
  artifacts: { paths: [a], expire_in: 1 day }
fails:
  tags: [simulated]
  script: it is simulated
by hand: { script: echo, when: manual, tags: [nobody] }
waits: { script: echo, tags: [nobody] }
`;

let server: TestServer;
let yard: Yard;
let pipeline: number;

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const confirm = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name }).click();
const gone = (what: Locator) => what.waitFor({ state: 'detached' });
const more = async (page: Page, name: string, item: string) => {
  await page.getByRole('button', { name }).first().click();
  await page.getByRole('menuitem', { name: item }).click();
};
const ofJob = (job: string) => () => yard.page(job);
const inProject = (rest: string) => () => `/${yard.path}/-/${rest}`;
const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });
const card = (page: Page) => page.locator('li[data-runner]', { hasText: 'Simulated' });

interface Case {
  what: string;
  at: () => string;
  /** Addresses that are asked to do it. */
  asks: string;
  act: (page: Page) => Promise<unknown>;
  /** What is there at once, and what is there before it and once it is refused. */
  seen: (page: Page) => Promise<unknown>;
  before: (page: Page) => Promise<unknown>;
}

/** Nothing is known of what comes of it: the button is under way, and all else is as it was. */
const underWay = (name: string | RegExp, before: (page: Page) => Promise<unknown>) => ({
  seen: async (page: Page) => {
    await page.getByRole('button', { name, exact: true, disabled: true }).waitFor();
    await before(page);
  },
  before: async (page: Page) => {
    await page.getByRole('button', { name, exact: true, disabled: false }).waitFor();
    await before(page);
  },
});

const CASES: Case[] = [
  {
    what: 'a log and its artifacts that are erased',
    at: ofJob('writes'),
    asks: '**/erase',
    act: async (page) => {
      await button(page, 'Erase').click();
      await confirm(page, 'Erase');
    },
    seen: async (page) => {
      await gone(page.getByRole('dialog'));
      await page.getByText('The log was erased').waitFor();
      await gone(page.getByRole('region', { name: 'Artifacts' }));
    },
    before: async (page) => {
      await page.getByText('what was written').waitFor();
      await page.getByRole('region', { name: 'Artifacts' }).waitFor();
    },
  },
  {
    what: 'artifacts that are kept',
    at: ofJob('writes'),
    asks: '**/artifacts/keep',
    act: (page) => button(page, 'Keep').click(),
    seen: async (page) => {
      await gone(page.getByRole('region', { name: 'Artifacts' }).getByText(/expires/));
      await gone(button(page, 'Keep'));
    },
    before: (page) =>
      page
        .getByRole('region', { name: 'Artifacts' })
        .getByText(/expires/)
        .waitFor(),
  },
  {
    what: 'a job that is retried',
    at: ofJob('fails'),
    asks: '**/retry',
    act: (page) => button(page, 'Retry').click(),
    ...underWay('Retry', (page) => badge(page, 'Failed').waitFor()),
  },
  {
    what: 'a job that is played',
    at: ofJob('by hand'),
    asks: '**/play',
    act: (page) => button(page, 'Play').click(),
    seen: (page) => badge(page, 'Pending').waitFor(),
    before: (page) => badge(page, 'Manual').waitFor(),
  },
  {
    what: 'a job of the list that is played',
    at: inProject('jobs'),
    asks: '**/play',
    act: (page) => page.getByRole('button', { name: /^Play by hand/ }).click(),
    seen: (page) => row(page, 'by hand').getByText('Pending', { exact: true }).waitFor(),
    before: (page) => row(page, 'by hand').getByText('Manual', { exact: true }).waitFor(),
  },
  {
    what: 'a job of the list that is canceled',
    at: inProject('jobs'),
    asks: '**/cancel',
    act: (page) => page.getByRole('button', { name: /^Cancel waits/ }).click(),
    seen: (page) => row(page, 'waits').getByText('Canceled', { exact: true }).waitFor(),
    before: (page) => row(page, 'waits').getByText('Pending', { exact: true }).waitFor(),
  },
  {
    what: 'a job of the list that is retried',
    at: inProject('jobs'),
    asks: '**/retry',
    act: (page) => page.getByRole('button', { name: /^Retry fails/ }).click(),
    ...underWay(/^Retry fails/, (page) => row(page, 'fails').getByText('Failed', { exact: true }).waitFor()),
  },
  {
    what: 'a job of the graph that is retried',
    at: () => `/${yard.path}/-/pipelines/${pipeline}`,
    asks: '**/retry',
    act: (page) => button(page, 'Retry fails').first().click(),
    seen: (page) => node(page, 'fails', 'Pending').waitFor(),
    before: (page) => node(page, 'fails', 'Failed').waitFor(),
  },
  {
    what: 'a whole pipeline that is canceled',
    at: () => `/${yard.path}/-/pipelines/${pipeline}`,
    asks: '**/cancel',
    act: (page) => button(page, 'Cancel').click(),
    seen: async (page) => {
      await node(page, 'waits', 'Canceled').waitFor();
      await gone(button(page, 'Cancel'));
    },
    before: async (page) => {
      await node(page, 'waits', 'Pending').waitFor();
      await button(page, 'Cancel').waitFor();
    },
  },
  {
    what: 'a pipeline that is renamed',
    at: () => `/${yard.path}/-/pipelines/${pipeline}`,
    asks: '**/metadata',
    act: async (page) => {
      await more(page, 'More actions', 'Rename');
      await page.getByLabel('Name', { exact: true }).fill('Nightly');
      await page.getByRole('button', { name: 'Rename' }).click();
    },
    seen: (page) => page.getByRole('heading', { name: 'Nightly' }).waitFor(),
    before: (page) => page.getByRole('heading', { name: 'What is to be done' }).waitFor(),
  },
  {
    what: 'a runner that is paused',
    at: inProject('runners'),
    asks: '**/runners/*',
    act: (page) => button(page, 'Pause Simulated').click(),
    seen: (page) => card(page).getByText('Paused').waitFor(),
    before: (page) => card(page).getByText('Online').waitFor(),
  },
  {
    what: 'a runner that is deleted',
    at: inProject('runners'),
    asks: '**/runners/*',
    act: async (page) => {
      await more(page, 'More of Simulated', 'Delete…');
      await confirm(page, 'Delete runner');
    },
    seen: (page) => gone(card(page)),
    before: (page) => card(page).waitFor(),
  },
  {
    what: 'a runner that is taken from the project',
    at: inProject('runners'),
    asks: '**/runners/*',
    act: (page) => more(page, 'More of Simulated', 'Take from this project'),
    seen: (page) => gone(card(page)),
    before: (page) => card(page).waitFor(),
  },
  {
    what: 'a variable that is deleted',
    at: inProject('settings/ci_cd'),
    asks: '**/variables/*',
    act: async (page) => {
      await button(page, 'Delete PLACE').click();
      await confirm(page, 'Delete variable');
    },
    seen: (page) => gone(row(page, 'PLACE')),
    before: (page) => row(page, 'PLACE').waitFor(),
  },
  {
    what: 'a branch that is deleted',
    at: inProject('branches'),
    asks: '**/branches/*',
    act: async (page) => {
      await button(page, 'Delete other').click();
      await confirm(page, 'Delete the branch');
    },
    seen: (page) => gone(row(page, 'other')),
    before: (page) => row(page, 'other').waitFor(),
  },
];

describeInBrowser('what somebody does', () => {
  beforeAll(async () => {
    if (!hasBrowser) return;
    server = await bootServer();
    yard = await ciYard(server, CONFIGURATION);
    const writes = await yard.take();
    await writes.write('what was written\n');
    await writes.upload(await zipOf({ a: 'a' }), { expire_in: '1 day' });
    await writes.finish('success');
    await (await yard.take()).finish('failed');
    const call = async (path: string, body: object) =>
      expect((await server.api('POST', `/projects/${yard.id}${path}`, { body })).status).toBe(201);
    await call('/variables', { key: 'PLACE', value: 'here' });
    await call('/repository/branches?branch=other&ref=main', {});
    const { body } = await server.api<{ id: number }[]>('GET', `/projects/${yard.id}/pipelines?ref=main`);
    pipeline = body[0]?.id ?? 0;
  });

  test.each(CASES)(
    'is seen at once, and taken back with the reason when it is refused: $what',
    async ({ at, asks, act, seen, before }) => {
      const page = await visit(server);
      await page.goto(at());
      await before(page);
      const refuse = await holdRequests(page, asks);
      await act(page);
      await seen(page);
      await refuse();
      await before(page);
    },
  );

  test('waits where its page would go with it: a pipeline that is deleted says in its question why it is not', async () => {
    const page = await visit(server);
    await page.goto(`/${yard.path}/-/pipelines/${pipeline}`);
    await more(page, 'More actions', 'Delete');
    const refuse = await holdRequests(page, `**/pipelines/${pipeline}`);
    await confirm(page, 'Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', disabled: true }).waitFor();
    await refuse();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', disabled: false }).waitFor();
  });
});
