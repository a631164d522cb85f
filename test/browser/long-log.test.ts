import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, visit } from './support/browser.ts';
import { ciYard, type Yard } from './support/ci-yard.ts';
import { WRITES } from './support/job-page.ts';
import { longestTask } from './support/longest-task.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer();
});

const NUMBER = new Intl.NumberFormat('en-GB');

const LINES = 500_000;
const BYTES = 100_000_000;

/** A job that has written so much; each line has its number at the beginning. */
async function written(): Promise<Yard> {
  const yard = await ciYard(server, WRITES);
  const job = await yard.take();
  let [piece, size] = ['', 0];
  for (let number = 1; number <= LINES; number += 1) {
    piece += `line ${number} of a log that has \x1b[32m${number % 7 === 0 ? 'green' : 'other'}\x1b[0m words ${'and more '.repeat(17)}\n`;
    if (piece.length < 8_000_000 && number < LINES) continue;
    await job.write(piece);
    size += piece.length;
    piece = '';
  }
  expect(size).toBeGreaterThan(BYTES);
  await job.finish('success');
  return yard;
}

/** Goes through the log by keys, by wheel, by search and by a link to a line. */
async function goThrough(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByText('line 1 of').first().waitFor();
  await page.getByText(`${NUMBER.format(LINES)} lines`).waitFor();

  await page.keyboard.press('e');
  await page.getByText(`line ${LINES} of`).waitFor();
  await page.keyboard.press('t');
  await page.getByText('line 1 of').first().waitFor();
  await page.getByRole('region', { name: 'Log', exact: true }).evaluate(async (log) => {
    for (let step = 0; step <= 40; step += 1) {
      log.scrollTop = (log.scrollHeight * step) / 40;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });

  await page.keyboard.press('/');
  await page.getByRole('button', { name: 'Regular expression' }).click();
  await page.getByRole('textbox', { name: 'Search the log' }).fill('line 4?77777 of .*green');
  await page.getByText('1 of 1', { exact: true }).waitFor();
  await page.getByText('line 77777 of').waitFor();
  await page.getByRole('textbox', { name: 'Search the log' }).fill('line (123|499)99. of');
  await page.getByText('1 of 20', { exact: true }).waitFor();
  await page.keyboard.press('Shift+Enter');
  await page.getByText('20 of 20', { exact: true }).waitFor();
  await page.getByText('line 499999 of').waitFor();
  await expect.poll(() => page.url()).toContain('search=');

  await page.goto(`${address}#L250000`);
  await page.getByText('line 250000 of').waitFor();
}

describeInBrowser('a log of 500,000 lines and 100 MB', () => {
  test('is opened, scrolled, searched and linked to without the page ever standing still', async () => {
    const yard = await written();
    const page = await visit(server);
    page.setDefaultTimeout(60_000);
    expect(await longestTask(page, () => goThrough(page, yard.page('writes')))).toBeLessThan(200);

    await page.reload();
    await page.getByText('line 250000 of').waitFor();
  }, 300_000);
});
