import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type NpmStart, npmStart } from '../support/npm-start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeInBrowser, visit } from './support/browser.ts';

const run = promisify(execFile);
const OWN = 'a password of my own';
const WATCHED = { timeout: 60_000 };

async function newProject(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

/** Runs commands as they stand on the page; where git asks for a password, it is what was copied. */
async function inTerminal(commands: string, password: string): Promise<void> {
  const home = temporaryFolder();
  const askpass = join(home, 'askpass');
  await writeFile(askpass, `#!/bin/sh\necho '${password}'\n`);
  await chmod(askpass, 0o700);
  const env = { PATH: process.env['PATH'], HOME: home, GIT_ASKPASS: askpass, GIT_CONFIG_NOSYSTEM: '1' };
  await run('sh', ['-eu', '-c', commands], { cwd: home, env, timeout: 60_000 });
}

describeInBrowser('somebody who has only started the server', () => {
  let started: NpmStart;
  beforeAll(async () => {
    started = await npmStart({ flags: ['--runner', 'on'] });
  });
  const server = () => ({ url: started.url, rootPassword: OWN });

  test('signs in with what was printed, makes a project, pushes, and sees a green pipeline', async () => {
    const printed = /password\s+(\S+)/.exec(started.output())?.[1] ?? '';
    const page = await visit(server(), { as: null });
    await page.goto('/');
    await page.getByLabel('Username or email').fill('root');
    await page.getByLabel('Password').fill(printed);
    await page.getByRole('button', { name: 'Sign in' }).click();

    await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
    await page.getByLabel('Current password').fill(printed);
    await page.getByLabel('New password').fill(OWN);
    await page.getByRole('button', { name: 'Change the password' }).click();

    await page.getByRole('heading', { name: 'From here to a green pipeline' }).waitFor();
    await page.getByRole('link', { name: 'New project' }).first().click();
    await newProject(page, 'My first');

    await page.getByRole('button', { name: 'Create an access token' }).click();
    const token = (await page.getByLabel('Access token', { exact: true }).textContent()) ?? '';
    expect(token).toMatch(/^glpat-/);
    const commands =
      (await page.getByLabel('Commands for a new repository', { exact: true }).textContent()) ?? '';
    expect(commands).toContain(`http://root@${new URL(started.url).host}/root/my-first.git`);
    await inTerminal(commands, token);

    // Nobody has touched the page: it has noticed by itself.
    await page.getByRole('link', { name: '.gitlab-ci.yml' }).waitFor();
    await page
      .getByRole('link', { name: /^Pipeline #\d+: Passed$/ })
      .first()
      .waitFor(WATCHED);
    const { body } = await started.api<{ status: string }>(
      'GET',
      '/projects/root%2Fmy-first/pipelines/latest',
    );
    expect(body.status).toBe('success');
  }, 150_000);

  test('needs no git for it: an example is a click away', async () => {
    const page = await visit(server());
    await page.goto('/projects/new');
    await newProject(page, 'At a click');
    await page.getByRole('button', { name: 'Add an example pipeline' }).click();
    await page.waitForURL('**/root/at-a-click/-/pipelines/*');
    await page.goto('/root/at-a-click');
    await page
      .getByRole('link', { name: /^Pipeline #\d+: Passed$/ })
      .first()
      .waitFor(WATCHED);
  });

  test('pushes a repository that they have with the other commands', async () => {
    const page = await visit(server());
    await page.goto('/projects/new');
    await newProject(page, 'Brought along');
    await page.getByRole('button', { name: 'Create an access token' }).click();
    const token = (await page.getByLabel('Access token', { exact: true }).textContent()) ?? '';
    await page.getByRole('tab', { name: 'A repository' }).click();
    const commands =
      (await page.getByLabel('Commands for an existing repository', { exact: true }).textContent()) ?? '';
    const mine = `git init --quiet --initial-branch work; echo hello > file
      git add . && git -c user.name=You -c user.email=you@example.org commit --quiet -m Mine`;
    await inTerminal(`${mine}\n${commands}`, token);
    await page.getByRole('link', { name: 'file', exact: true }).waitFor();
  });
});
