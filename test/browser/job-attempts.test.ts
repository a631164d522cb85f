import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';
import { describeInBrowser, seriousProblems, visit } from './support/browser.ts';
import { brokenReplies } from './support/broken-replies.ts';
import { ciYard, type Yard } from './support/ci-yard.ts';
import { badge, WRITES } from './support/job-page.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer();
});

const steps = (count: number) =>
  Array.from({ length: count }, (_, index) => `step ${index + 1} at 12:00:0${index % 10}\n`).join('');

/** Three attempts: one failed in the middle, one passed with a variable, one waits. Answers their ids. */
async function threeAttempts(yard: Yard): Promise<number[]> {
  const ids = [yard.jobs['writes'] ?? 0];
  const first = await yard.take();
  await first.write(`${steps(40)}\x1b[31mconnection refused\x1b[0m\ngiving up\n`);
  await first.finish('failed', { failure_reason: 'script_failure', exit_code: 7 });
  const retry = async (id: number, body: object) =>
    (await server.api<{ id: number }>('POST', `/projects/${yard.id}/jobs/${id}/retry`, { body })).body.id;
  ids.push(await retry(ids[0] ?? 0, { job_variables_attributes: [{ key: 'RETRIES', value: '3' }] }));
  const second = await yard.take();
  await second.write(`${steps(40).replaceAll('12:00', '13:30')}connected\nall is well\n`);
  await second.upload(await zipOf({ 'report.txt': 'fine' }));
  await second.finish('success');
  ids.push(await retry(ids[1] ?? 0, {}));
  return ids;
}

const facts = (page: Page) => page.getByRole('table', { name: 'What is known of both attempts' });
/** What both have of something, and whether that is pointed out. */
const fact = async (page: Page, name: string) => {
  const row = facts(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name }) });
  return {
    cells: await row.getByRole('cell').allInnerTexts(),
    differs: (await row.getAttribute('data-differs')) !== null,
  };
};
const lines = (page: Page) => page.getByRole('region', { name: 'Lines side by side' });
const texts = async (page: Page, side: 'left' | 'right') =>
  (await lines(page).locator(`[data-differs] [data-side=${side}]`).allInnerTexts()).map((text) =>
    text.replace(/\s+/g, ' ').trim(),
  );

describeInBrowser('two attempts of a job', () => {
  test('stand side by side, with what differs between them and their logs', async () => {
    const yard = await ciYard(server, WRITES);
    const [first, second, third] = await threeAttempts(yard);
    const page = await visit(server);
    await page.goto(`/${yard.path}/-/jobs/${second}`);
    await page.getByRole('link', { name: 'Compare' }).click();
    await page.waitForURL(`**/jobs/${second}?compare=${first}-${second}`);
    await facts(page).waitFor();

    expect(await fact(page, 'Status')).toEqual({
      cells: [`Failed #${first}`, `Passed #${second}`],
      differs: true,
    });
    const failure = await fact(page, 'Failure');
    expect(failure.cells[0]).toContain('A command of its script failed.');
    expect((await fact(page, 'Exit code')).cells[0]).toBe('7');
    expect(await fact(page, 'Runner')).toMatchObject({ differs: false });
    expect((await fact(page, 'Begun by')).cells).toEqual(['Administrator', 'Administrator']);
    expect((await fact(page, 'Set by hand')).cells[1]).toContain('RETRIES=3');
    await expect.poll(async () => (await fact(page, 'Artifacts')).cells[1]).toContain('artifacts.zip');
    expect((await fact(page, 'Ran for')).cells).toHaveLength(2);

    // Times alone make no line differ; what is equal is folded.
    await page.getByText('They part at line 41 on the left, line 41 on the right.').waitFor();
    expect(await texts(page, 'left')).toEqual([
      '41 − differs: connection refused',
      '42 − differs: giving up',
    ]);
    expect(await texts(page, 'right')).toEqual(['41 + differs: connected', '42 + differs: all is well']);
    expect(await page.getByText('step 12 at').count()).toBe(0);
    await page.getByRole('button', { name: '37 lines that do not differ' }).click();
    expect(await page.getByText('step 12 at').count()).toBe(2);

    // Others are chosen by keyboard, and kept.
    await page.getByLabel('Attempt on the right').focus();
    await page.keyboard.press('Home');
    await page.waitForURL(`**?compare=${first}-${third}`);
    await page.getByText('Attempt 3 has no log').waitFor();
    await page.reload();
    await page.getByText('Attempt 3 has no log').waitFor();
    expect(await page.getByLabel('Attempt on the left').inputValue()).toBe(String(first));
    await page.goto(`/${yard.path}/-/jobs/${second}?compare=${first}-${second}`);
    await page.getByRole('link', { name: 'line 41' }).first().click();
    await page.waitForURL(new RegExp(`/jobs/${first}#L41$`));
    await page.getByText('connection refused').waitFor();
  });

  test('say that they are compared anew, and nothing any more of why they could not be', async () => {
    const yard = await ciYard(server, WRITES);
    const [first, second] = await threeAttempts(yard);
    const way = await brokenReplies(server.url, /\/trace$/);
    const page = await visit({ ...server, url: way.url });
    await page.goto(`/${yard.path}/-/jobs/${second}?compare=${first}-${second}`);
    const logs = page.getByRole('region', { name: 'Logs side by side' });
    await logs.getByText('The server cannot be reached.').waitFor();
    way.mend();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await page.context().route(/\/trace$/, async (route) => {
      await held;
      await route.fallback();
    });
    await logs.getByRole('button', { name: 'Ignore times and durations' }).click();
    await logs.getByText('Reading the logs… 0 %').waitFor();
    expect(await logs.getByText('The server cannot be reached.').count()).toBe(0);
    release();
    await logs.getByText('They part at line 1 on the left').waitFor();
    expect(await logs.getByText('Reading the logs').count()).toBe(0);
  });

  test('are followed while one of them runs', async () => {
    const yard = await ciYard(server, WRITES);
    const [, second, third] = await threeAttempts(yard);
    const page = await visit(server);
    await page.goto(`/${yard.path}/-/jobs/${third}?compare=${second}-${third}`);
    await facts(page).getByText('Pending', { exact: true }).waitFor();
    const job = await yard.take();
    await facts(page).getByText('Running', { exact: true }).waitFor();
    await job.write('another end\n');
    await job.finish('failed');
    await facts(page).getByText('Failed', { exact: true }).waitFor();
    await lines(page).getByText('another end').waitFor();
    await page.getByRole('link', { name: 'To the log' }).click();
    await badge(page, 'Failed').waitFor();
    await page.getByRole('region', { name: 'Log', exact: true }).getByText('another end').waitFor();
  });

  test.each(['light', 'dark'] as const)('can be read on a phone and by everybody, %s', async (theme) => {
    const yard = await ciYard(server, WRITES);
    const [first, second] = await threeAttempts(yard);
    for (const width of [1280, 320]) {
      const page = await visit(server, { theme, width });
      await page.goto(`/${yard.path}/-/jobs/${second}?compare=${first}-${second}`);
      await lines(page).getByText('connection refused').waitFor();
      await facts(page).getByText('artifacts.zip').waitFor();
      expect(await seriousProblems(page)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
      expect(await lines(page).evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    }
  });

  test('need two attempts', async () => {
    const yard = await ciYard(server, WRITES);
    const page = await visit(server);
    await page.goto(`${yard.page('writes')}?compare=1-2`);
    await page.getByText('There was but one attempt of this job').waitFor();
    await page.getByRole('link', { name: 'To the log' }).click();
    await page.getByText('The job waits for a runner').waitFor();
  });
});
