import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { addToken } from '../support/people.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { type BrowserProject, browserProject, memberOf } from './support/project.ts';

const QUICK = 'unit:\n  script: echo done\n';
const SLOW = 'unit:\n  script: sleep 300\n';
const FORM = `spec:
  inputs:
    where:
      description: Where it goes
      options: [staging, production]
      default: staging
    size:
      type: number
      default: 1
    really:
      type: boolean
      default: false
    names:
      type: array
      default: [a]
    reason:
      description: Why it is done
      regex: ^because
    region:
      rules:
        - if: $[[ inputs.where ]] == "production"
          options: [eu, us]
          default: eu
        - options: [lab]
          default: lab
---
variables:
  LEVEL:
    value: low
    description: How loud it is
    options: [low, high]
unit:
  script:
    - echo "where=$[[ inputs.where ]] size=$[[ inputs.size ]] really=$[[ inputs.really ]] region=$[[ inputs.region ]]"
    - echo 'names=$[[ inputs.names ]] reason=$[[ inputs.reason ]]'
    - echo "LEVEL=$LEVEL MINE=$MINE NOTES=$(cat $NOTES)"
`;

let server: TestServer;

const row = (page: Page, text: string | RegExp) => page.locator('tr[data-pipeline]', { hasText: text });
const status = (page: Page, text: string | RegExp, word: string) =>
  row(page, text).getByText(word, { exact: true }).waitFor();

/** The text of the only job's log, once it has ended. */
async function logOf(project: BrowserProject, pipeline: number): Promise<string> {
  const jobs = () => project.call<{ id: number; status: string }[]>('GET', `/pipelines/${pipeline}/jobs`);
  await expect.poll(async () => (await jobs())[0]?.status, { timeout: 30_000 }).toBe('success');
  return project.call<string>('GET', `/jobs/${(await jobs())[0]?.id}/trace`);
}

beforeAll(async () => {
  if (hasBrowser) server = await bootServer({ config: { runner: true, runner_concurrent: 4 } });
});

describeInBrowser('the list of pipelines', () => {
  test('is narrowed by branch, status and author; the address keeps it, and one click takes it back', async () => {
    const project = await browserProject(server.api, { '.gitlab-ci.yml': QUICK });
    await project.push({ a: '1' }, { branch: 'other', message: 'On another branch' });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/pipelines`);
    await status(page, 'On another branch', 'Passed');
    expect(await page.locator('tr[data-pipeline]').count()).toBe(2);
    // How long ago it was, and exactly when on hover.
    const when = row(page, 'A change').locator('time');
    expect(await when.textContent()).toMatch(/^(?:just now|\d+ (?:second|minute)s? ago)$/);
    expect(await when.getAttribute('title')).toMatch(/\d{4}.*\d{1,2}:\d{2}:\d{2}/);

    await page.getByLabel('Branch or tag').fill('oth');
    await page.getByRole('option', { name: 'other', exact: true }).click();
    await page.waitForURL(/ref=other/);
    await row(page, 'A change').waitFor({ state: 'detached' });
    await page.getByLabel('Status', { exact: true }).selectOption('Passed');
    await page.waitForURL(/status=success/);
    await page.reload();
    await row(page, 'On another branch').waitFor();
    expect(await page.locator('tr[data-pipeline]').count()).toBe(1);

    await page.getByLabel('Author').fill('nobody-of-that-name');
    await page.getByLabel('Author').press('Enter');
    await page.getByText('No pipeline fits').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
    await row(page, 'A change').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  test('is narrowed by source, author and day too, and a reload keeps all of it', async () => {
    const project = await browserProject(server.api, { '.gitlab-ci.yml': QUICK });
    const { login } = await memberOf(server.api, project, 'maintainer');
    const { body: users } = await server.api<{ id: number }[]>('GET', `/users?username=${login}`);
    const token = await addToken(server.api, users[0]?.id ?? 0, ['api']);
    const begun = await server.api('POST', `/projects/${project.id}/pipeline?ref=main`, { token });
    expect(begun.status, JSON.stringify(begun.body)).toBe(201);
    const page = await visit(server);
    const rows = () => page.locator('tr[data-pipeline]').count();
    await page.goto(`/${project.path}/-/pipelines`);
    await expect.poll(rows).toBe(2);

    await page.getByLabel('Source').selectOption('Push');
    await page.waitForURL(/source=push/);
    await expect.poll(rows).toBe(1);
    await row(page, 'Administrator').waitFor();
    await page.getByLabel('Source').selectOption('Any source');
    await expect.poll(rows).toBe(2);
    await page.getByLabel('Author').fill(login.slice(0, -1));
    await page.getByRole('option', { name: login }).click();
    await page.waitForURL(new RegExp(`username=${login}`));
    await expect.poll(rows).toBe(1);
    await row(page, login).waitFor();

    const today = new Date().toISOString().slice(0, 10);
    const yesterday = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10);
    await page.getByLabel('To', { exact: true }).fill(yesterday);
    await page.getByText('No pipeline fits').waitFor();
    await page.getByLabel('To', { exact: true }).fill(today);
    await page.getByLabel('From', { exact: true }).fill(today);
    await page.waitForURL(/from=/);
    await expect.poll(rows).toBe(1);
    await page.reload();
    await row(page, login).waitFor();
    expect(await rows()).toBe(1);
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe(today);
    expect(await page.getByLabel('Author').inputValue()).toBe(login);
  });

  test('changes by itself, and cancels and runs again what it shows', async () => {
    const project = await browserProject(server.api, { '.gitlab-ci.yml': SLOW });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/pipelines`);
    await status(page, 'A change', 'Running');
    await project.push({ '.gitlab-ci.yml': QUICK }, { message: 'Quicker' });
    await status(page, 'Quicker', 'Passed');
    await row(page, 'A change')
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await status(page, 'A change', 'Canceled');
    await row(page, 'A change')
      .getByRole('button', { name: /^Retry/ })
      .click();
    await status(page, 'A change', 'Running');
    expect(await page.locator('tr[data-pipeline]').count()).toBe(2);
  });

  test('shows what somebody does at once, and takes it back with the reason when it is refused', async () => {
    const project = await browserProject(server.api, {
      '.gitlab-ci.yml': 'unit: {script: echo, tags: [nobody]}\n',
    });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/pipelines`);
    await status(page, 'A change', 'Pending');
    const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
    await page.route('**/cancel', async (route) => {
      await refused;
      await route.fulfill({ status: 403, json: { message: '403 Forbidden - not today' } });
    });
    await row(page, 'A change')
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await status(page, 'A change', 'Canceled');
    refuse();
    await page.getByText('403 Forbidden - not today').first().waitFor();
    await status(page, 'A change', 'Pending');
  });

  test('is gone through by keyboard: j, k, and Enter to open', async () => {
    const project = await browserProject(server.api, { '.gitlab-ci.yml': QUICK });
    await project.push({ a: '1' }, { message: 'Newer' });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/pipelines`);
    await row(page, 'Newer').waitFor();
    const [newest, oldest] = await project.call<{ id: number }[]>('GET', '/pipelines');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    expect(newest?.id).toBeGreaterThan(oldest?.id ?? 0);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/-/pipelines/${oldest?.id}$`));
  });

  test('shows names and titles as text, whatever stands in them', async () => {
    const hostile = '<img src=x onerror=window.hurt=1>';
    const project = await browserProject(server.api);
    await project.push(
      { '.gitlab-ci.yml': `workflow: {name: '${hostile}'}\n'${hostile}': {script: "true"}\n` },
      { branch: '<b>x</b>', message: hostile },
    );
    const page = await visit(server);
    for (const address of ['pipelines', 'jobs', 'pipelines/new?ref=%3Cb%3Ex%3C%2Fb%3E']) {
      await page.goto(`/${project.path}/-/${address}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (address !== 'pipelines/new?ref=%3Cb%3Ex%3C%2Fb%3E') await page.getByText(hostile).first().waitFor();
      expect(await page.evaluate(() => 'hurt' in window)).toBe(false);
      expect(await page.locator('main img').count()).toBe(0);
    }
  });

  test('says how the first pipeline comes about', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server);
    await page.goto(`/${project.path}/-/pipelines`);
    await page.getByText('No pipeline has run yet').waitFor();
    await page.getByRole('link', { name: 'Run pipeline' }).click();
    await page.waitForURL(/pipelines\/new/);
    expect(await page.getByLabel('Branch or tag').inputValue()).toBe('main');
  });
});

describeInBrowser('a pipeline run by hand', () => {
  test('has the inputs and variables of its form, whose rules follow what is chosen', async () => {
    const project = await browserProject(server.api);
    await project.push({ '.gitlab-ci.yml': FORM });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/pipelines/new?var[MINE]=of%20a%20link`);
    const region = page.getByLabel('region');
    await region.waitFor();
    await page.getByText('Where it goes').waitFor();
    await page.getByText('How loud it is').waitFor();
    expect(await region.locator('option').allTextContents()).toEqual(['lab']);
    await page.getByLabel('where', { exact: true }).selectOption('production');
    await expect.poll(() => region.locator('option').allTextContents()).toEqual(['eu', 'us']);
    await region.selectOption('us');
    await page.getByLabel('size').fill('2.5');
    await page.getByRole('switch', { name: 'really' }).click();
    await page.getByLabel('names').fill('x\ny z');
    await page.getByLabel('LEVEL').selectOption('high');
    expect(await page.getByLabel('Value of variable 1').inputValue()).toBe('of a link');
    await page.getByLabel('Type of variable 2').selectOption('File');
    await page.getByLabel('Key of variable 2').fill('NOTES');
    await page.getByLabel('Value of variable 2').fill('in a file');

    await page.getByRole('button', { name: 'Run pipeline' }).click();
    await page.getByText('Needs a value').waitFor();
    await page.getByLabel('reason').fill('why not');
    await page.getByRole('button', { name: 'Run pipeline' }).click();
    await page.getByText('Provided value does not match required RegEx pattern').waitFor();
    await page.getByLabel('reason').fill('because');
    await page.getByRole('button', { name: 'Run pipeline' }).click();
    await page.waitForURL(/-\/pipelines\/\d+$/);

    const log = await logOf(project, Number(new URL(page.url()).pathname.split('/').at(-1)));
    expect(log).toContain('where=production size=2.5 really=true region=us');
    expect(log).toMatch(/names=\["x", ?"y z"\] reason=because/);
    expect(log).toContain('LEVEL=high MINE=of a link NOTES=in a file');
  });

  test('says where its configuration is wrong', async () => {
    const project = await browserProject(server.api);
    await project.push({ '.gitlab-ci.yml': 'unit:\n  stage: nowhere\n  script: echo\n' });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/pipelines/new`);
    const place = page.getByRole('link', { name: /^\.gitlab-ci\.yml:\d+:\d+$/ });
    await place.waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('nowhere');
    expect(await place.getAttribute('href')).toMatch(/\/-\/blob\/[0-9a-f]{40}\/\.gitlab-ci\.yml#L\d+$/);

    // The pipeline that the push has made says so too, has nothing to run again, and no graph.
    await page.goto(`/${project.path}/-/pipelines`);
    const listed = row(page, 'main');
    await listed.waitFor();
    expect(await listed.getByRole('button', { name: /^Retry/ }).count()).toBe(0);
    const [pipeline] = await project.call<{ id: number }[]>('GET', '/pipelines');
    await page.goto(`/${project.path}/-/pipelines/${pipeline!.id}`);
    await page.getByRole('heading', { name: 'This pipeline has no jobs' }).waitFor();
    await page.getByRole('button', { name: 'Show why' }).click();
    expect(await page.getByRole('link', { name: /^\.gitlab-ci\.yml:\d+$/ }).getAttribute('href')).toMatch(
      /\/-\/blob\/[0-9a-f]{40}\/\.gitlab-ci\.yml#L\d+$/,
    );
  });

  test('is only offered to those who may run one, and for the branches where they may', async () => {
    const project = await browserProject(server.api, { '.gitlab-ci.yml': QUICK });
    await project.push({ a: '1' }, { branch: 'free' });
    const developer = await visit(server, { as: await memberOf(server.api, project, 'developer') });
    await developer.goto(`/${project.path}/-/pipelines`);
    await developer.getByRole('link', { name: 'Run pipeline' }).click();
    await developer.getByText(/it is protected/).waitFor();
    const run = developer.getByRole('button', { name: 'Run pipeline' });
    expect(await run.isDisabled()).toBe(true);
    await developer.getByLabel('Branch or tag').fill('free');
    await developer.getByLabel('Branch or tag').press('Enter');
    await developer.getByText(/it is protected/).waitFor({ state: 'detached' });
    await expect.poll(() => run.isDisabled()).toBe(false);

    const reporter = await visit(server, { as: await memberOf(server.api, project, 'reporter') });
    await reporter.goto(`/${project.path}/-/pipelines`);
    await row(reporter, 'free').waitFor();
    expect(await reporter.getByRole('link', { name: 'Run pipeline' }).count()).toBe(0);
    expect(await reporter.getByRole('button', { name: /^(Cancel|Retry)/ }).count()).toBe(0);
  });
});
