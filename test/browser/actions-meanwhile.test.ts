import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, drawn, hasBrowser, visit } from './support/browser.ts';
import { holdChanges, holdReplies } from './support/held-request.ts';
import { type BrowserProject, browserProject } from './support/project.ts';

let server: TestServer;
let project: BrowserProject;

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });
/** Says yes to the question, and waits until it is seen at once. */
async function remove(page: Page, name: string, yes: string): Promise<void> {
  await page.getByRole('button', { name: `Delete ${name}`, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: yes }).click();
  await row(page, name).waitFor({ state: 'detached' });
}

describeInBrowser('what is foreseen of what somebody does', () => {
  beforeAll(async () => {
    if (!hasBrowser) return;
    server = await bootServer();
    project = await browserProject(server.api);
    for (const key of ['ONE', 'TWO']) await project.call('POST', '/variables', { key, value: 'a value' });
    await project.call('POST', '/repository/branches?branch=other&ref=main');
  });

  test('is taken back alone, where something else has been done meanwhile', async () => {
    const page = await visit(server);
    await page.goto(`/${project.path}/-/settings/ci_cd`);
    const refuse = await holdChanges(page, '**/variables/ONE*');
    await remove(page, 'ONE', 'Delete variable');
    const fetched = page.waitForResponse((reply) => /\/variables(\?|$)/.test(reply.url()));
    await remove(page, 'TWO', 'Delete variable');
    await (await fetched).finished();
    await drawn(page);
    expect(await row(page, 'ONE').count()).toBe(0);
    await holdReplies(page);
    await refuse();
    await row(page, 'ONE').waitFor();
    expect(await row(page, 'TWO').count()).toBe(0);
  });

  test('is still seen when an event has its list fetched anew, and takes nothing of that back', async () => {
    const page = await visit(server);
    await page.goto(`/${project.path}/-/branches`);
    const refuse = await holdChanges(page, '**/branches/*');
    await remove(page, 'other', 'Delete the branch');
    await project.call('POST', '/repository/branches?branch=beside&ref=main');
    await row(page, 'beside').waitFor();
    expect(await row(page, 'other').count()).toBe(0);
    await holdReplies(page);
    await refuse();
    await row(page, 'other').waitFor();
    expect(await row(page, 'beside').count()).toBe(1);
  });
});
