import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { holdChanges } from './support/held-request.ts';
import { badge, WRITES } from './support/job-page.ts';
import { browserProject } from './support/project.ts';

let server: TestServer;
beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name });
/** Where the page is that lies behind a dialog. */
const besides = (page: Page) => page.mouse.click(8, 400);

describeInBrowser('a dialog', () => {
  test('keeps what has been typed when somebody presses beside it', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server);
    await page.goto(`/${project.path}/-/runners`);
    await button(page, 'New runner').click();
    await page.getByLabel('Description').fill('typed at length');
    await besides(page);
    await dialog(page, 'New runner').getByLabel('Tags').fill('one more');
    expect(await page.getByLabel('Description').inputValue()).toBe('typed at length');
    await page.keyboard.press('Escape');
    await dialog(page, 'New runner').waitFor({ state: 'detached' });

    await page.goto(`/${project.path}/-/settings/ci_cd`);
    await button(page, 'Add variable').click();
    await page.getByLabel('Value', { exact: true }).fill('a key of many lines');
    await besides(page);
    await page.getByLabel('Key', { exact: true }).fill('DEPLOY_KEY');
    expect(await page.getByLabel('Value', { exact: true }).inputValue()).toBe('a key of many lines');
  });

  test('that shows a token this once is put away by its own buttons alone', async () => {
    const project = await browserProject(server.api);
    const page = await visit(server);
    await page.goto(`/${project.path}/-/runners`);
    await button(page, 'New runner').click();
    await button(page, 'Create runner').click();
    const shown = dialog(page, /^Connect runner/);
    const token = await shown.getByLabel('Token', { exact: true }).textContent();
    await besides(page);
    await page.keyboard.press('Escape');
    await shown.getByRole('button', { name: 'In Docker' }).click();
    await shown.getByLabel('Commands', { exact: true }).getByText('docker run').waitFor();
    expect(await shown.getByLabel('Token', { exact: true }).textContent()).toBe(token);
    await shown.getByRole('button', { name: 'Done' }).click();
    await shown.waitFor({ state: 'detached' });
  });

  test('that asks only whether something shall be done goes when somebody presses beside it', async () => {
    const yard = await ciYard(server, WRITES);
    await (await yard.take()).finish('failed');
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await button(page, 'Erase').click();
    await dialog(page, /^Erase/).waitFor();
    await besides(page);
    await dialog(page, /^Erase/).waitFor({ state: 'detached' });
    await badge(page, 'Failed').waitFor();
  });

  test.each([
    { act: 'Retry', words: 'Retry with other variables…', config: WRITES, status: 'Failed' },
    { act: 'Play', words: 'Play with variables…', config: `${WRITES}  when: manual\n`, status: 'Manual' },
  ])(
    'gives back the variables that were typed when their $act is refused',
    async ({ act, words, config, status }) => {
      const yard = await ciYard(server, config);
      if (status === 'Failed') await (await yard.take()).finish('failed');
      const page = await visit(server);
      await page.goto(yard.page('writes'));
      await badge(page, status).waitFor();
      const refuse = await holdChanges(page, `**/${act.toLowerCase()}`);
      await button(page, `${act} with variables…`).click();
      await page.getByRole('menuitem', { name: words }).click();
      const asked = page.getByRole('dialog');
      await asked.getByLabel('Key').fill('PLACE');
      await asked.getByLabel('Value').fill('moon');
      await besides(page);
      await asked.getByRole('button', { name: act, exact: true }).click();
      await asked.waitFor({ state: 'detached' });
      await refuse();
      await expect.poll(() => asked.getByLabel('Key').inputValue()).toBe('PLACE');
      expect(await asked.getByLabel('Value').inputValue()).toBe('moon');
      await page.unroute(`**/${act.toLowerCase()}`);
      await asked.getByRole('button', { name: act, exact: true }).click();
      await asked.waitFor({ state: 'detached' });
      await badge(page, 'Pending').waitFor();
      const { payload } = await yard.take();
      expect(payload.variables).toContainEqual(expect.objectContaining({ key: 'PLACE', value: 'moon' }));
      await badge(page, 'Running').waitFor();
    },
  );
});
