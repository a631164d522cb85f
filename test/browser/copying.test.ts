import type { Locator } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { WRITES } from './support/job-page.ts';

let server: TestServer;
beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

/** The server as others on its network reach it: plain http of a name, which a browser does not trust. */
const elsewhere = () => ({ ...server, url: server.url.replace('127.0.0.1', 'yard.jobyard.test') });

async function signedInElsewhere() {
  const page = await visit(elsewhere(), { as: null });
  await page.goto('/users/sign_in');
  await page.getByLabel('Username or email').fill('root');
  await page.getByLabel('Password').fill(server.rootPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: /: account$/ }).waitFor();
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
  /** What the clipboard holds, as pasting it there shows. */
  const pasted = async (field: Locator) => {
    await field.fill('');
    await field.focus();
    await page.keyboard.press('Control+v');
    return await field.inputValue();
  };
  return { page, pasted };
}

describeInBrowser('where a server is reached over plain http', () => {
  test('the token of a new runner is copied, out of the dialog that shows it', async () => {
    const { page, pasted } = await signedInElsewhere();
    await page.goto('/admin/runners');
    await page.getByRole('button', { name: 'New runner' }).click();
    await page.getByRole('button', { name: 'Create runner' }).click();
    const shown = page.getByRole('dialog', { name: /^Connect runner/ });
    const token = await shown.getByLabel('Token', { exact: true }).textContent();
    await shown.getByRole('button', { name: 'Copy token' }).click();
    await shown.getByRole('button', { name: 'Copied' }).waitFor();
    await shown.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'New runner' }).click();
    expect(await pasted(page.getByLabel('Description'))).toBe(token);
  });

  test('lines of a log are copied, and a link to them', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('one\n\x1b[31mtwo\x1b[0m\n');
    await job.finish('success');
    const { page, pasted } = await signedInElsewhere();
    await page.goto(yard.page('writes'));
    await page.getByRole('link', { name: 'Line 2', exact: true }).click();
    await page.getByRole('button', { name: 'Copy text' }).click();
    await page.getByText('The text is in the clipboard.').waitFor();
    const search = page.getByLabel('Search the log');
    expect(await pasted(search)).toBe('two');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('The link is in the clipboard.').waitFor();
    expect(await pasted(search)).toMatch(/\/jobs\/\d+#L2$/);
  });
});

describeInBrowser('where a browser lets no page copy', () => {
  test('each button says so in the same words', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('one\n');
    await job.finish('success');
    const page = await visit(server);
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
      document.execCommand = () => false;
    });
    const words = page.getByText('The browser does not let this page copy: select the text instead.').first();
    await page.goto(yard.page('writes'));
    await page.getByRole('link', { name: 'Line 1', exact: true }).click();
    await page.getByRole('button', { name: 'Copy link' }).click();
    await words.waitFor();
    await page.goto(`/${yard.path}`);
    await page.getByRole('button', { name: 'Clone' }).click();
    await page.getByRole('button', { name: 'Copy command' }).click();
    await words.waitFor();
  });
});
