import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { TestProvider } from '../support/openid-provider.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, visit } from './support/browser.ts';

async function leave(page: Page): Promise<void> {
  await page.goto('/dashboard/groups');
  await page.getByRole('link', { name: 'Sign in with the company' }).click();
}

describeInBrowser('signing in by another server', () => {
  let provider: TestProvider;
  let server: TestServer;
  beforeAll(async () => {
    provider = await TestProvider.start();
    const { issuer, client_id, client_secret } = provider;
    const rules = { label: 'Sign in with the company', create_users: true, link_users: true };
    const openid_connect = { issuer, client_id, client_secret, ...rules };
    server = await bootServer({ config: { log_level: 'silent', openid_connect } });
  });

  test('is said to be impossible while that server is away', async () => {
    const page = await visit(server, { as: null });
    await leave(page);
    await page.getByText('The other server does not answer at the moment.').waitFor();
    await page.getByLabel('Password').waitFor();
  });

  test('leads there, and back to where one wanted to be', async () => {
    provider.open([`${server.url}/users/auth/openid_connect/callback`]);
    provider.people.set('grace', { email: 'grace@example.org', email_verified: true, name: 'Grace Hopper' });
    const page = await visit(server, { as: null });
    await leave(page);
    await page.waitForURL(`${provider.issuer}/**`);
    await page.locator('[name=login]').fill('grace');
    await page.locator('[name=password]').fill('any');
    await page.locator('[type=submit]').click();
    await page.locator('[type=submit]').click();
    await page.getByRole('heading', { name: 'Groups', exact: true }).waitFor();
    expect(page.url()).toBe(`${server.url}/dashboard/groups`);
    await page.getByRole('button', { name: 'Grace Hopper: account' }).waitFor();
  });
});
