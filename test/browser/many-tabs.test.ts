import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, settled, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { badge, WRITES } from './support/job-page.ts';
import { streamsOf } from './support/streams.ts';

let server: TestServer;
beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

/** More than a browser has connections to a server. */
const WINDOWS = 8;

/** Runs in a page. */
function outOfSight(hidden: boolean): void {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}

describeInBrowser('of many tabs', () => {
  test('those that are opened out of sight show all there is, and ask for nothing more until they are looked at', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('from before\n');
    const first = await visit(server);
    const pages = [first, await first.context().newPage(), await first.context().newPage()];
    const opens = pages.map(streamsOf);
    const streams = () => opens.map((open) => open().length);
    for (const page of pages) {
      await page.addInitScript(outOfSight, true);
      await page.goto(yard.page('writes'));
      await page.getByText('from before').waitFor();
      await settled(page);
    }
    const asked: string[] = [];
    const hear = (url: string) => void (url.includes('/api/') && asked.push(url));
    for (const page of pages) page.on('request', (request) => hear(request.url()));
    await job.write('written meanwhile\n');
    await job.finish('success');
    await first.waitForTimeout(1_000);
    expect(asked).toEqual([]);
    expect(streams()).toEqual([0, 0, 0]);
    await first.evaluate(outOfSight, false);
    await first.getByText('written meanwhile').waitFor();
    await badge(first, 'Passed').waitFor();
    expect(streams()).toEqual([1, 0, 0]);
  });

  test('eight that are all in sight are there, and follow, though a browser has six connections', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('from before\n');
    const first = await visit(server);
    const windows = [first];
    while (windows.length < WINDOWS) windows.push(await first.context().newPage());
    const opens = new Map(windows.map((page) => [page, streamsOf(page)]));
    const streams = (pages: Page[]) => pages.flatMap((page) => opens.get(page)?.() ?? []).length;
    await Promise.all(windows.map((page) => page.goto(yard.page('writes'))));
    for (const page of windows) await page.getByText('from before').waitFor();
    await expect.poll(() => streams(windows)).toBe(4);
    await job.write('told to all\n');
    for (const page of windows) await page.getByText('told to all').waitFor();

    const asking = windows.filter((page) => streams([page]) === 0);
    const [chosen] = asking;
    if (!chosen) throw new Error('all have a stream');
    await chosen.getByRole('status').getByText('Not live', { exact: true }).waitFor();
    await chosen.evaluate(() => window.dispatchEvent(new Event('focus')));
    await chosen.getByRole('status').getByText('Not live', { exact: true }).waitFor({ state: 'detached' });
    await expect.poll(() => streams(windows)).toBe(4);
    expect(streams([chosen])).toBe(1);
    for (const page of windows) if (!asking.includes(page)) await page.close();
    await expect.poll(() => streams(asking)).toBe(4);
    await job.write('told to the rest\n');
    await job.finish('success');
    for (const page of asking) {
      await page.getByText('told to the rest').waitFor();
      await badge(page, 'Passed').waitFor();
    }
  }, 180_000);
});
