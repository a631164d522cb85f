import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { node } from './support/graph.ts';
import { badge } from './support/job-page.ts';
import { chooseAt, focusIsAt, pressAt, tabTo, typeAt } from './support/keyboard.ts';
import { pipelineOf } from './support/pipeline-page.ts';
import { browserProject } from './support/project.ts';

const FORM = `spec:
  inputs:
    where:
      options: [staging, production]
      default: staging
    reason:
      default: none
---
'to $[[ inputs.where ]], $[[ inputs.reason ]]': { script: echo, tags: [nobody] }
`;
const MANUAL = 'fly: { when: manual, tags: [simulated], script: echo }\n';
const LEAVES =
  'pack: { tags: [simulated], script: echo, artifacts: { paths: [report], expire_in: 1 day } }\n';

let server: TestServer;

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
const inDialog = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true });

describeInBrowser('by keyboard alone', () => {
  beforeAll(async () => {
    if (hasBrowser) server = await bootServer();
  });

  test('a pipeline is run for another branch, with an input and a variable', async () => {
    const project = await browserProject(server.api, { '.gitlab-ci.yml': FORM });
    await project.push({ a: '1' }, { branch: 'topic' });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/pipelines`);
    await pressAt(page, link(page, 'Run pipeline'));
    await typeAt(page, field(page, 'Branch or tag'), 'top');
    // The form of the default branch has lists of its own by then, or has not.
    const suggested = page.getByRole('listbox').getByRole('option');
    await expect.poll(() => suggested.allTextContents()).toEqual(['topic']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/ref=topic/);
    await tabTo(page, field(page, 'where'));
    await page.keyboard.type('pro');
    await typeAt(page, field(page, 'reason'), 'it is time');
    await tabTo(page, field(page, 'Type of variable 1'));
    await page.keyboard.type('File');
    await typeAt(page, field(page, 'Key of variable 1'), 'NOTES');
    await typeAt(page, field(page, 'Value of variable 1'), 'without a mouse');
    await pressAt(page, button(page, 'Run pipeline'));
    await page.waitForURL(/-\/pipelines\/\d+$/);
    await node(page, 'to production, it is time', 'Pending').waitFor();
    const at = `/pipelines/${page.url().split('/').at(-1)}`;
    expect(await project.call('GET', at)).toMatchObject({ ref: 'topic' });
    expect(await project.call('GET', `${at}/variables`)).toMatchObject([
      { key: 'NOTES', value: 'without a mouse', variable_type: 'file' },
    ]);
  });

  test('a pipeline is canceled, retried, renamed and deleted', async () => {
    const { path, project } = await pipelineOf(server, 'unit: { script: echo, tags: [nobody] }\n');
    const page = await visit(server);
    await page.goto(path);
    await node(page, 'unit', 'Pending').waitFor();
    await pressAt(page, button(page, 'Cancel'));
    await node(page, 'unit', 'Canceled').waitFor();
    await pressAt(page, button(page, 'Retry'));
    await node(page, 'unit', 'Pending').waitFor();
    await chooseAt(page, button(page, 'More actions'), 'Rename');
    await typeAt(page, field(page, 'Name'), 'Nightly');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nightly' }).waitFor();
    await chooseAt(page, button(page, 'More actions'), 'Delete');
    await pressAt(page, inDialog(page, 'Delete'));
    await page.waitForURL(`**/${project.path}/-/pipelines`);
    await expect.poll(() => project.call('GET', '/pipelines')).toEqual([]);
  });

  test('a job is played, canceled, canceled at once and retried, and its attempts are compared', async () => {
    const yard = await ciYard(server, MANUAL);
    const place = async () =>
      (await yard.take()).payload.variables.find(({ key }) => key === 'PLACE')?.value ?? null;
    const page = await visit(server);
    await page.goto(yard.page('fly'));
    const first = page.url();
    await chooseAt(page, button(page, 'Play with variables…'), 'Play with variables…');
    await typeAt(page, field(page, 'Key'), 'PLACE');
    await typeAt(page, field(page, 'Value'), 'moon');
    await page.keyboard.press('Enter');
    await expect.poll(() => yard.status('fly')).toBe('pending');
    expect(await place()).toBe('moon');
    await pressAt(page, button(page, 'Cancel'));
    await badge(page, 'Canceling').waitFor();
    await pressAt(page, button(page, 'Force cancel'));
    await pressAt(page, inDialog(page, 'Force cancel'));
    await badge(page, 'Canceled').waitFor();

    await chooseAt(page, button(page, 'Retry with variables…'), 'Retry with other variables…');
    await typeAt(page, field(page, 'Value'), 'sun');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.href !== first);
    expect(await place()).toBe('sun');

    const [one, two] = [first, page.url()].map((url) => url.split('/').at(-1));
    await pressAt(page, link(page, 'Compare'));
    await page.waitForURL(`**/jobs/${two}?compare=${one}-${two}`);
    await tabTo(page, field(page, 'Attempt on the left'));
    await page.keyboard.type('2');
    await page.waitForURL(`**/jobs/${two}?compare=${two}-${two}`);
    await tabTo(page, page.getByRole('table', { name: 'What is known of both' }).getByRole('link'));
    await pressAt(page, link(page, 'To the log'));
    await page.waitForURL(`**/-/jobs/${two}`);
  });

  test('artifacts are kept, browsed down to a file and back, and erased once that is confirmed', async () => {
    const yard = await ciYard(server, LEAVES);
    const job = await yard.take();
    await job.write('it is packed\n');
    await job.upload(await zipOf({ 'report/notes.txt': 'some notes\n' }), { expire_in: '1 day' });
    await job.finish('success');
    const page = await visit(server);
    await page.goto(yard.page('pack'));
    const keep = page.getByRole('region', { name: 'Artifacts' }).getByRole('button', { name: 'Keep' });
    await pressAt(page, keep);
    await keep.waitFor({ state: 'detached' });
    await pressAt(page, link(page, 'Browse'));
    await pressAt(page, link(page, 'report'));
    await pressAt(page, link(page, 'notes.txt'));
    await tabTo(page, field(page, 'Content'));
    await page.getByText('some notes').waitFor();
    await pressAt(page, link(page, 'report'));
    await link(page, 'notes.txt').waitFor();
    await pressAt(page, link(page, 'Log'));
    await page.getByText('it is packed').waitFor();

    // It begins with what does nothing, and leads back to where one was.
    await pressAt(page, button(page, 'Erase'));
    await focusIsAt(inDialog(page, 'Keep'));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await focusIsAt(button(page, 'Erase'));
    await page.getByText('it is packed').waitFor();
    await page.keyboard.press('Enter');
    await pressAt(page, inDialog(page, 'Erase'));
    await page.getByText('The log was erased').waitFor();
  });

  test('a runner of another project is given to this one, and taken from it', async () => {
    const [owner, other] = [await browserProject(server.api), await browserProject(server.api)];
    const body = { runner_type: 'project_type', project_id: owner.id, description: 'of the neighbours' };
    expect((await server.api('POST', '/user/runners', { body })).status).toBe(201);
    const page = await visit(server);
    await page.goto(`/${other.path}/-/runners`);
    await pressAt(page, button(page, 'Use another project’s'));
    const offered = page.getByRole('dialog').locator('li', { hasText: 'of the neighbours' });
    await pressAt(page, offered.getByRole('button', { name: 'Assign' }));
    await offered.waitFor({ state: 'detached' });
    await pressAt(page, inDialog(page, 'Done'));
    const given = page.locator('li[data-runner]', { hasText: 'of the neighbours' });
    await given.waitFor();
    await chooseAt(page, button(page, 'More of of the neighbours'), 'Take from this project');
    await given.waitFor({ state: 'detached' });
  });
});
