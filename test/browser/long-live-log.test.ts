import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { badge, line, WRITES } from './support/job-page.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer();
});

const LINES = 900_000;
const textOf = (number: number) => `line ${number} of a log that goes on ${'and on '.repeat(11)}.`;
const linesFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${textOf(first + index)}\n`).join('');

describeInBrowser('a log of 900,000 lines and 100 MB', () => {
  test('is followed while it grows, from its end and from its beginning', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    let size = 0;
    for (let first = 1; first <= LINES; first += 60_000) {
      const piece = linesFrom(first, 60_000);
      await job.write(piece);
      size += piece.length;
    }
    expect(size).toBeGreaterThan(100_000_000);
    const page = await visit(server);
    page.setDefaultTimeout(60_000);
    await page.goto(yard.page('writes'));
    await page.getByText(textOf(LINES)).waitFor();

    await job.write(linesFrom(LINES + 1, 100));
    await page.getByText(textOf(LINES + 100)).waitFor();
    await page.getByText('900,100 lines').waitFor();

    // Whoever reads its beginning is not pulled away, and comes back.
    await page.keyboard.press('t');
    await page.getByText(textOf(1), { exact: true }).waitFor();
    await job.write(linesFrom(LINES + 101, 100));
    await page.getByText('900,200 lines').waitFor();
    await page.getByText(textOf(1), { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Follow the log' }).click();
    await page.getByText(textOf(LINES + 200)).waitFor();
    await job.write(linesFrom(LINES + 201, 100));
    await page.getByText(textOf(LINES + 300)).waitFor();

    // What stands before the rows that the list has at once is a button away.
    await page.getByRole('region', { name: 'Log', exact: true }).evaluate((log) => (log.scrollTop = 0));
    await page.getByRole('button', { name: /^Show the lines before line/ }).click();
    await page.goto(`${yard.page('writes')}#L50000`);
    await line(page, 50_000).getByText(textOf(50_000)).waitFor();

    await job.finish('success');
    await badge(page, 'Passed').waitFor();
    await page.getByText('Live', { exact: true }).waitFor({ state: 'hidden' });
    await page.getByText('900,300 lines').waitFor();
    await page.keyboard.press('e');
    await page.getByText(textOf(LINES + 300)).waitFor();
  }, 240_000);
});
