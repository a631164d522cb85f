import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, seriousProblems, visit } from './support/browser.ts';
import { type BrowserProject, browserProject, memberOf } from './support/project.ts';

/** Nobody takes its job: nothing changes but by what a test does. */
const WAITING = 'unit:\n  script: echo\n  tags: [nobody]\n';

let server: TestServer;
let project: BrowserProject;
/** Its first pipeline, and the job of that. */
let pipeline: number;
let job: number;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await bootServer();
  project = await browserProject(server.api, { '.gitlab-ci.yml': WAITING });
  pipeline = (await project.call<{ id: number }[]>('GET', '/pipelines'))[0]?.id ?? 0;
  job = (await project.call<{ id: number }[]>('GET', '/jobs'))[0]?.id ?? 0;
});

const at = (rest: string) => `/${project.path}/-/${rest}`;
const refusal = (page: Page) => page.getByRole('heading', { name: 'You may not see this' });

describeInBrowser('an address that is not for everybody', () => {
  test.each([
    ['/-/runners', 'It needs the role Maintainer in'],
    ['/-/settings/ci_cd', 'It needs the role Maintainer in'],
    ['/-/pipelines/new', 'It needs the role Developer in'],
    ['/-/branches', 'It needs the role Reporter in'],
    ['/-/tree/main', 'It needs the role Reporter in'],
    ['/-/commits/main', 'It needs the role Reporter in'],
    ['/-/blob/main/README.md', 'It needs the role Reporter in'],
  ])('says to a guest at %s which role it needs, and whom to ask', async (rest, needs) => {
    const guest = await memberOf(server.api, project, 'guest');
    const page = await visit(server, { as: guest });
    await page.goto(`/${project.path}${rest}`);
    await refusal(page).waitFor();
    const main = page.getByRole('main');
    await main.getByText(`${needs} ${project.path}, or a higher one.`).waitFor();
    await main.getByText(`@${guest.login}`).waitFor();
    await main.getByText('Ask a maintainer of the project for it').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    expect(await seriousProblems(page)).toEqual([]);
  });

  test('says so on pages of the server and of groups, too', async () => {
    const guest = await memberOf(server.api, project, 'guest');
    await server.api('POST', '/groups', { body: { name: 'Open', path: 'open', visibility: 'public' } });
    const page = await visit(server, { as: guest });
    for (const path of ['/admin/runners', '/admin/application_settings/ci_cd']) {
      await page.goto(path);
      await refusal(page).waitFor();
      await page.getByText('It is for the administrators of this server.').waitFor();
    }
    for (const [path, role] of [
      ['runners', 'Maintainer'],
      ['settings/ci_cd', 'Owner'],
    ] as const) {
      await page.goto(`/groups/open/-/${path}`);
      await refusal(page).waitFor();
      await page.getByText(`It needs the role ${role} in open, or a higher one.`).waitFor();
      await page.getByText('Ask an owner of the group for it').waitFor();
    }
  });

  test('is opened by somebody else who signs in there', async () => {
    const page = await visit(server, { as: await memberOf(server.api, project, 'guest') });
    await page.goto(at('branches'));
    await refusal(page).waitFor();
    await page.getByRole('link', { name: 'sign in as somebody else' }).click();
    await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await page.getByLabel(/username/i).fill('root');
    await page.getByLabel('Password', { exact: true }).fill(server.rootPassword);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${at('branches')}`);
    await page.getByRole('link', { name: 'main', exact: true }).waitFor();
  });

  test('says of what is not there who asks, and offers no vain repetition', async () => {
    const guest = await memberOf(server.api, project, 'guest');
    const page = await visit(server, { as: guest });
    for (const path of ['/nobody/nothing', '/groups/nothing', at('pipelines/999999'), at('jobs/999999')]) {
      await page.goto(path);
      await page.getByRole('heading', { name: 'Nothing is here' }).waitFor();
      await page.getByRole('main').getByText(`@${guest.login}`).waitFor();
      expect(await page.getByRole('button', { name: 'Try again' }).count(), path).toBe(0);
    }
  });
});

describeInBrowser('somebody who has not signed in', () => {
  test('is shown the way to do that, where something is for those who have', async () => {
    await project.call('PUT', '', { visibility: 'public' });
    const page = await visit(server, { as: null });
    await page.goto(at(`pipelines/${pipeline}`));
    await page.getByRole('tab', { name: 'Timeline' }).waitFor();
    expect(
      await page
        .locator('main')
        .getByRole('button', { name: /Cancel|Retry|Play|More/ })
        .count(),
    ).toBe(0);
    await page.goto(at(`jobs/${job}`));
    await page.locator('main').getByRole('link', { name: 'Sign in' }).click();
    await page.waitForURL(/users\/sign_in/);
    await page.getByLabel(/username/i).fill('root');
    await page.getByLabel('Password', { exact: true }).fill(server.rootPassword);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${at(`jobs/${job}`)}`);
    await page.getByRole('heading', { name: 'unit' }).waitFor();
  });
});

// The last one: it starts the server of all others again.
