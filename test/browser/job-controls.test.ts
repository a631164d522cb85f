import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';
import { describeInBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { badge, button, line, log, showing, WRITES } from './support/job-page.ts';
import { memberOf } from './support/project.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer();
});

const LONG = `long ${'word '.repeat(200)}end of the line`;

describeInBrowser('how a log is shown', () => {
  test('has long lines wrapped or scrolled, as a person likes it, also next time', async () => {
    const { page } = await showing(server, `${LONG}\nshort\n`);
    const isWide = () => log(page).evaluate((box) => box.scrollWidth > box.clientWidth);
    const rowsOf = (number: number) =>
      line(page, number).evaluate((one) => Math.round(one.getBoundingClientRect().height / 20));
    await expect.poll(async () => [await isWide(), await rowsOf(1)]).toEqual([true, 1]);
    await button(page, 'Wrap long lines (w)').click();
    await expect.poll(isWide).toBe(false);
    expect(await rowsOf(1)).toBeGreaterThan(5);
    expect(await rowsOf(2)).toBe(1);
    await page.reload();
    await line(page, 1).waitFor();
    await expect.poll(isWide).toBe(false);
    await page.keyboard.press('w');
    await expect.poll(isWide).toBe(true);
    expect(await button(page, 'Wrap long lines (w)').getAttribute('aria-pressed')).toBe('false');
  });

  test('has its timestamps on and off, as a person likes it, also next time', async () => {
    const { page } = await showing(server, '2026-11-26T12:43:46.962646Z 00O hello\n');
    await button(page, 'Timestamps').click();
    await expect.poll(() => line(page, 1).textContent()).toBe('112:43:46hello');
    expect(await page.getByText('12:43:46').getAttribute('title')).toBe('2026-11-26T12:43:46.962646Z');
    await page.reload();
    await expect.poll(() => line(page, 1).textContent()).toBe('112:43:46hello');
    await button(page, 'Timestamps').click();
    await expect.poll(() => line(page, 1).textContent()).toBe('1hello');
  });

  test('offers no timestamps where the runner has noted none, and no folding without sections', async () => {
    const { page } = await showing(server, 'hello\n');
    expect(await button(page, 'Timestamps').count()).toBe(0);
    expect(await button(page, /old all sections/).count()).toBe(0);
  });

  test('goes to its end and to its beginning', async () => {
    const { page } = await showing(
      server,
      Array.from({ length: 2000 }, (_, at) => `row ${at + 1}\n`).join(''),
    );
    await button(page, 'To the end (e)').click();
    await page.getByText('row 2000', { exact: true }).waitFor();
    await button(page, 'To the beginning (t)').click();
    await page.getByText('row 1', { exact: true }).waitFor();
    expect(await page.getByText('row 2000', { exact: true }).count()).toBe(0);
  });

  test('begins with its end where a job has failed', async () => {
    const { page } = await showing(
      server,
      Array.from({ length: 2000 }, (_, at) => `row ${at + 1}\n`).join(''),
      'failed',
    );
    await page.getByText('row 2000', { exact: true }).waitFor();
  });

  test('is had raw and as a file, byte for byte', async () => {
    const text = `\x1b[32mgreen\x1b[0m <b>bold</b>\n10%\r100%\n€\n`;
    const { yard, page } = await showing(server, text);
    const [raw] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'Raw log' }).click(),
    ]);
    await raw.waitForLoadState();
    expect(raw.url()).toMatch(/\/trace$/);
    expect(await raw.locator('b').count()).toBe(0);
    expect(await raw.locator('body').innerText()).toContain('<b>bold</b>');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the log' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${yard.jobs['writes']}.log`);
    expect((await readFile(await download.path())).equals(Buffer.from(text))).toBe(true);
  });

  test('gives its lines as text and as a link into the clipboard', async () => {
    const { page } = await showing(server, 'one\n\x1b[31mtwo\x1b[0m\nthree\n');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole('link', { name: 'Line 1', exact: true }).click();
    await page.getByRole('link', { name: 'Line 2', exact: true }).click({ modifiers: ['Shift'] });
    await button(page, 'Copy text').click();
    await page.getByText('The text is in the clipboard.').waitFor();
    expect((await copied()).trimEnd()).toBe('one\ntwo');
    await button(page, 'Copy link').click();
    await expect.poll(copied).toMatch(/\/jobs\/\d+#L1-L2$/);
  });
});

describeInBrowser('what is done with a job', () => {
  test('its log and its artifacts are erased, once that is confirmed', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('to be erased\n');
    await job.upload(await zipOf({ 'a.txt': 'a' }));
    await job.finish('success');
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await page.getByRole('region', { name: 'Artifacts' }).waitFor();
    const erase = button(page, 'Erase');
    await erase.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('to be erased').waitFor();
    await erase.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
    await page.getByText('The log was erased').waitFor();
    await page.getByRole('region', { name: 'Artifacts' }).waitFor({ state: 'detached' });
    await erase.waitFor({ state: 'detached' });
    const trace = `/projects/${yard.id}/jobs/${yard.jobs['writes']}/trace`;
    await expect.poll(async () => (await server.api('GET', trace)).status).toBe(404);
  });

  test('its artifacts are kept, which otherwise would go', async () => {
    const yard = await ciYard(
      server,
      'writes:\n  tags: [simulated]\n  script: [x]\n  artifacts: {paths: [a], expire_in: 1 day}\n',
    );
    const job = await yard.take();
    await job.upload(await zipOf({ 'a.txt': 'a' }), { expire_in: '1 day' });
    await job.finish('success');
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    const panel = page.getByRole('region', { name: 'Artifacts' });
    await panel.getByText(/expires/).waitFor();
    await panel.getByRole('button', { name: 'Keep' }).click();
    await panel.getByText(/expires/).waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Keep' }).waitFor({ state: 'detached' });
    const { body } = await server.api<{ artifacts_expire_at: string | null }>(
      'GET',
      `/projects/${yard.id}/jobs/${yard.jobs['writes']}`,
    );
    expect(body.artifacts_expire_at).toBeNull();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('artifacts.zip');
  });

  test('one that is being canceled is canceled at once by maintainers alone, who confirm it', async () => {
    const yard = await ciYard(server, WRITES);
    await yard.take();
    const { status } = await server.api('DELETE', `/projects/${yard.id}/protected_branches/main`);
    expect(status).toBe(204);
    const developer = await visit(server, { as: await memberOf(server.api, yard, 'developer') });
    await developer.goto(yard.page('writes'));
    await developer.getByRole('button', { name: 'Cancel', exact: true }).click();
    await badge(developer, 'Canceling').waitFor();
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await badge(page, 'Canceling').waitFor();
    await button(page, 'Force cancel').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
    expect(await yard.status('writes')).toBe('canceling');
    expect(await developer.getByRole('button', { name: 'Force cancel' }).count()).toBe(0);
    await button(page, 'Force cancel').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Force cancel' }).click();
    await badge(page, 'Canceled').waitFor();
    await expect.poll(() => yard.status('writes')).toBe('canceled');
    await badge(developer, 'Canceled').waitFor();
  });

  test('it is retried with the variables that it had, with others, or with none', async () => {
    const yard = await ciYard(server, WRITES);
    const first = await yard.take();
    await first.finish('failed');
    const page = await visit(server);
    const given = async () => {
      const { payload } = await yard.take();
      const keys = ['PLACE', 'TIME'];
      return payload.variables.filter(({ key }) => keys.includes(key)).map(({ key, value }) => [key, value]);
    };
    const retryWith = async () => {
      await button(page, 'Retry with variables…').click();
      await page.getByRole('menuitem', { name: 'Retry with other variables…' }).click();
      return page.getByRole('dialog');
    };
    const fails = async () => {
      const id = /\d+$/.exec(new URL(page.url()).pathname)?.[0];
      await server.api('POST', `/projects/${yard.id}/jobs/${id}/cancel`, { body: { force: true } });
      await badge(page, 'Canceled').waitFor();
    };
    await page.goto(yard.page('writes'));
    const dialog = await retryWith();
    await dialog.getByLabel('Key').fill('not a key');
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await dialog.getByText('Letters, digits and _ only.').waitFor();
    await dialog.getByLabel('Key').fill('PLACE');
    await dialog.getByLabel('Value').fill('moon');
    await dialog.getByRole('button', { name: 'Add a variable' }).click();
    await dialog.getByLabel('Key').nth(1).fill('TIME');
    await dialog.getByLabel('Value').nth(1).fill('noon');
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(yard.page('writes')));
    expect(await given()).toEqual([
      ['PLACE', 'moon'],
      ['TIME', 'noon'],
    ]);
    await badge(page, 'Running').waitFor();
    await fails();

    const second = page.url();
    await button(page, 'Retry').first().click();
    await page.waitForURL((url) => url.href !== second);
    expect(await given()).toEqual([
      ['PLACE', 'moon'],
      ['TIME', 'noon'],
    ]);
    await badge(page, 'Running').waitFor();
    await fails();

    const third = page.url();
    const again = await retryWith();
    await again.getByRole('button', { name: 'Remove variable 1' }).click();
    await again.getByLabel('Value').fill('midnight');
    await again.getByRole('button', { name: 'Retry' }).click();
    await page.waitForURL((url) => url.href !== third);
    expect(await given()).toEqual([['TIME', 'midnight']]);
  });
});
