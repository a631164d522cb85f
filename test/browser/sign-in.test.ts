import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, visit } from './support/browser.ts';

const PASSWORD = 'a password of ada';

async function signIn(page: Page, login: string, password: string): Promise<void> {
  await page.getByLabel('Username or email').fill(login);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
const arrived = (page: Page) => page.getByRole('button', { name: /: account$/ }).waitFor();

describeInBrowser('signing in', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await bootServer({ config: { limits: { max_login_attempts: 3 } } });
    await addUser('ada');
  });

  async function addUser(username: string): Promise<number> {
    const body = { username, email: `${username}@example.org`, name: username, password: PASSWORD };
    const reply = await server.api<{ id: number }>('POST', '/users', { body });
    expect(reply.status).toBe(201);
    return reply.body.id;
  }
  const stranger = async (path: string) => {
    const page = await visit(server, { as: null });
    await page.goto(path);
    return page;
  };

  test('whoever opens the server without a session is asked who they are', async () => {
    const page = await stranger('/');
    await page.waitForURL('**/users/sign_in');
    await expect.poll(() => page.title()).toBe('Sign in · Jobyard');
    expect(await page.getByLabel('Username or email').getAttribute('autocomplete')).toBe('username');
    expect(await page.getByLabel('Password').getAttribute('autocomplete')).toBe('current-password');
  });

  test('a wrong password is told in place, and nothing moves', async () => {
    const page = await stranger('/users/sign_in');
    const button = page.getByRole('button', { name: 'Sign in' });
    const before = await button.boundingBox();
    await signIn(page, 'root', 'a wrong password');
    expect(await page.getByRole('alert').textContent()).toBe('Invalid login or password.');
    expect(await button.boundingBox()).toEqual(before);
    expect(await page.getByLabel('Username or email').inputValue()).toBe('root');
  });

  test('after too many wrong ones the page says how long to wait', async () => {
    await addUser('guessed');
    const page = await stranger('/users/sign_in');
    for (let guess = 0; guess < 3; guess++) {
      await signIn(page, 'guessed', `wrong ${guess}`);
      await page.getByText('Invalid login or password.').waitFor();
    }
    await signIn(page, 'guessed', PASSWORD);
    await page.getByText('Too many wrong passwords. Try again in 10 minutes.').waitFor();
  });

  test('whoever is blocked is told so', async () => {
    const id = await addUser('blocked');
    await server.api('POST', `/users/${id}/block`);
    const page = await stranger('/users/sign_in');
    await signIn(page, 'blocked', PASSWORD);
    await page.getByText('Your account has been blocked.').waitFor();
  });

  test('one goes on to where one wanted to be', async () => {
    const page = await stranger('/projects/new?namespace=root');
    await page.waitForURL('**/users/sign_in?*');
    await signIn(page, 'root', server.rootPassword);
    await page.getByRole('heading', { name: 'New project' }).waitFor();
    expect(page.url()).toBe(`${server.url}/projects/new?namespace=root`);
  });

  test('from any page one comes back to the same view, and to the same line', async () => {
    const made = await server.api<{ id: number }>('POST', '/projects', {
      body: { name: 'For all', visibility: 'public' },
    });
    expect(made.status).toBe(201);
    const commit = {
      branch: 'main',
      commit_message: 'Notes',
      actions: [{ action: 'create', file_path: 'notes.txt', content: 'one\n' }],
    };
    const commits = `/projects/${made.body.id}/repository/commits`;
    expect((await server.api('POST', commits, { body: commit })).status).toBe(201);
    for (const [path, change] of [
      ['/root/for-all/-/pipelines?ref=main', '?ref=main&status=failed'],
      ['/root/for-all/-/blob/main/notes.txt', '#L1'],
    ] as const) {
      const page = await stranger(path);
      const link = page.getByRole('banner').getByRole('link', { name: 'Sign in' });
      await link.waitFor();
      if (change.startsWith('#')) await page.getByRole('link', { name: 'Line 1', exact: true }).click();
      else await page.getByLabel('Status', { exact: true }).selectOption('Failed');
      await page.waitForURL((url) => `${url.search}${url.hash}` === change);
      const before = page.url();
      await link.click();
      await signIn(page, 'root', server.rootPassword);
      await arrived(page);
      expect(page.url()).toBe(before);
    }
    // Where what is refused stands in place of the page.
    const page = await stranger('/root/nothing?a=b#L7');
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, 'root', server.rootPassword);
    await arrived(page);
    expect(page.url()).toBe(`${server.url}/root/nothing?a=b#L7`);
  });

  test('whose password somebody else has chosen is asked for one of their own before', async () => {
    const page = await stranger('/projects/new?namespace=ada');
    await page.waitForURL('**/users/sign_in?*');
    await signIn(page, 'ada', PASSWORD);
    await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
    await page.getByRole('link', { name: 'Later' }).click();
    await page.getByRole('heading', { name: 'New project' }).waitFor();
    expect(page.url()).toBe(`${server.url}/projects/new?namespace=ada`);
  });

  test.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/.//evil.example/',
    'javascript:document.title="evil"',
  ])('but never to another server: %s', async (elsewhere) => {
    const page = await stranger(`/users/sign_in?${new URLSearchParams({ redirect_to: elsewhere })}`);
    await signIn(page, 'root', server.rootPassword);
    await arrived(page);
    expect(page.url()).toBe(`${server.url}/`);
    await expect.poll(() => page.title()).toBe('Projects · Jobyard');
  });

  test('the page lends its words to nobody who writes an address', async () => {
    const error = '<img src=x onerror="document.title=\'evil\'"> Call us';
    const page = await stranger(`/users/sign_in?${new URLSearchParams({ error })}`);
    expect(await page.getByRole('alert').textContent()).toBe('Signing in did not work. Try again.');
  });

  test('after signing out nothing of what was seen is left', async () => {
    const made = await server.api('POST', '/projects', { body: { name: 'Hidden from strangers' } });
    expect(made.status).toBe(201);
    const page = await visit(server);
    await page.goto('/root/hidden-from-strangers');
    await page.getByRole('heading', { name: 'Hidden from strangers' }).waitFor();
    await page.getByRole('button', { name: /: account$/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/users/sign_in');
    await page.getByLabel('Password').waitFor();
    await page.goBack();
    await page.getByText('Nothing is here').waitFor();
    expect(await page.getByRole('heading', { name: 'Hidden from strangers' }).count()).toBe(0);
  });

  test('whose session is ended by others is asked again who they are, and comes back', async () => {
    const id = await addUser('ended');
    const page = await visit(server, { as: { login: 'ended', password: PASSWORD } });
    await page.goto('/dashboard/groups');
    await page.getByRole('heading', { name: 'Groups', exact: true }).waitFor();
    const password = 'another password for it';
    expect((await server.api('PUT', `/users/${id}`, { body: { password } })).status).toBe(200);
    await page.getByRole('main').getByRole('link', { name: 'Sign in again' }).click();
    await page.waitForURL('**/users/sign_in?redirect_to=%2Fdashboard%2Fgroups');
    await signIn(page, 'ended', password);
    await page.getByRole('link', { name: 'Later' }).click();
    await page.getByRole('heading', { name: 'Groups', exact: true }).waitFor();
  });

  test('whoever signs out in another tab finds this one as it was, with what was typed, and can go on', async () => {
    const made = await server.api<{ id: number }>('POST', '/projects', { body: { name: 'Two tabs' } });
    const page = await visit(server);
    await page.goto('/root/two-tabs/-/settings/ci_cd');
    await page.getByRole('button', { name: 'Add variable' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add variable' });
    await dialog.getByLabel('Key', { exact: true }).fill('TYPED_AT_LENGTH');
    const other = await page.context().newPage();
    await other.goto('/');
    await other.getByRole('button', { name: /: account$/ }).click();
    await other.getByRole('menuitem', { name: 'Sign out' }).click();
    await other.waitForURL('**/users/sign_in');
    await dialog.getByText('Your session has ended').waitFor();
    expect(await dialog.getByLabel('Key', { exact: true }).inputValue()).toBe('TYPED_AT_LENGTH');
    expect(await page.getByText('Nothing is here').count()).toBe(0);

    await signIn(other, 'root', server.rootPassword);
    await arrived(other);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await expect.poll(() => page.getByText('Your session has ended').count()).toBe(0);
    await dialog.getByLabel('Value', { exact: true }).fill('a value of it');
    await dialog.getByRole('button', { name: 'Add variable' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('TYPED_AT_LENGTH').waitFor();
    // All of it is followed again.
    const more = { key: 'FROM_ELSEWHERE', value: 'x' };
    await server.api('POST', `/projects/${made.body.id}/variables`, { body: more });
    await page.getByText('FROM_ELSEWHERE').waitFor();
  });

  test('a password is changed by who knows the old one, and what is wrong stands at its field', async () => {
    await addUser('careful');
    const page = await visit(server, { as: { login: 'careful', password: PASSWORD } });
    await page.goto('/-/user_settings/password');
    const change = async (current: string, next: string) => {
      await page.getByLabel('Current password').fill(current);
      await page.getByLabel('New password').fill(next);
      await page.getByRole('button', { name: 'Change the password' }).click();
    };
    await change(PASSWORD, 'password1');
    await page.getByText('The new password must not contain commonly used combinations').waitFor();
    await change('not the old one', 'nobody else knows it');
    await page.getByText('The current password is invalid.').waitFor();
    await change(PASSWORD, 'nobody else knows it');
    await page.getByText('The password is changed.').waitFor();
    const other = await stranger('/users/sign_in');
    await signIn(other, 'careful', 'nobody else knows it');
    await arrived(other);
  });
});
