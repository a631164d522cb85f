import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { WRITES } from './support/job-page.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer();
});

const region = (page: Page) => page.getByRole('region', { name: 'Lines side by side' });

/** Scrolls so far through what is shown. */
const scroll = (page: Page, share: number) =>
  region(page).evaluate((box, part) => (box.scrollTop = box.scrollHeight * part), share);

/** Two attempts of a job that have written this; answers a page that compares them. */
async function compared(left: string, right: string): Promise<Page> {
  const yard = await ciYard(server, WRITES);
  const first = yard.jobs['writes'] ?? 0;
  const write = async (text: string) => {
    const job = await yard.take();
    for (let at = 0; at < text.length; at += 8_000_000) await job.write(text.slice(at, at + 8_000_000));
    await job.finish('failed');
  };
  await write(left);
  const retry = await server.api<{ id: number }>('POST', `/projects/${yard.id}/jobs/${first}/retry`);
  await write(right);
  const page = await visit(server);
  page.setDefaultTimeout(60_000);
  await page.goto(`/${yard.path}/-/jobs/${retry.body.id}?compare=${first}-${retry.body.id}`);
  return page;
}

const LINES = 100_000;
const linesOf = (say: (number: number) => string, count = LINES) =>
  Array.from({ length: count }, (_, index) => `${say(index + 1)}\n`).join('');

describeInBrowser('attempts with long logs', () => {
  test('are compared from the first line to the last, and scrolled through', async () => {
    // One line is other near the beginning, every thousandth took another time, and ten are there once.
    const page = await compared(
      linesOf((number) => `step ${number} ${number === 7 ? 'of the first' : ''} took ${number % 1000}s`),
      linesOf((number) => {
        const step = `step ${number}  took ${(number % 1000) + 1}s`;
        return number % 10_000 === 0 ? `${step}\na warning at ${number}` : step;
      }),
    );
    await page.getByText('They part at line 7 on the left, line 7 on the right.').waitFor();
    await page.getByText('They differ in 11 places.').waitFor();
    await region(page).getByText('step 7 of the first').waitFor();
    expect(await region(page).getByText('step 5000 ').count()).toBe(0);
    await scroll(page, 1);
    await region(page).getByText('a warning at 100000').waitFor();

    // The lines between the first and the second warning, by scrolling.
    await scroll(page, 0);
    await region(page).getByRole('button', { name: '9,994 lines that do not differ' }).first().click();
    await scroll(page, 0.5);
    await region(page).getByText('step 15050 ').first().waitFor();
    expect(await region(page).getByText('step 15050 ').count()).toBe(2);

    // With times nothing is the same.
    await page.getByRole('button', { name: 'Ignore times and durations' }).click();
    await page.waitForURL('**&exact=true');
    await page.getByText('They part at line 1 on the left, line 1 on the right.').waitFor();
    await page.reload();
    await page.getByText('They part at line 1 on the left, line 1 on the right.').waitFor();
    await scroll(page, 1);
    await page.getByRole('button', { name: 'Show the rows behind these' }).click();
    await region(page).getByText('step 20003 ').first().waitFor();
  }, 180_000);

  test('say what is left out where they are too long to be compared whole', async () => {
    const long = linesOf(String, 1_200_000);
    const page = await compared(`${long}the end\n`, `${long}another end\n`);
    await page.getByText('They part at line 1,200,001 on the left').waitFor();
    const notes = await page.getByText('too long a log to be compared whole').allInnerTexts();
    expect(notes).toHaveLength(2);
    const [, count = ''] = /its first ([\d,]+) lines/.exec(notes[0] ?? '') ?? [];
    const leftOut = Number(count.replaceAll(',', ''));
    expect(leftOut).toBeGreaterThan(200_000);
    expect(leftOut).toBeLessThan(300_000);
    await region(page).getByText('another end').waitFor();
    expect(await region(page).getByText('1200000', { exact: true }).count()).toBeGreaterThanOrEqual(2);
  }, 180_000);
});
