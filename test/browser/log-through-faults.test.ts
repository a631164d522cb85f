import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { breakableWire } from '../support/breakable-wire.ts';
import { databases } from '../support/databases.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { bootServer } from '../support/server.ts';
import { describeInBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { badge, WRITES } from './support/job-page.ts';

const COUNT = 3000;
const textOf = (number: number) => `${number} said “ünïcode €” ${'and more '.repeat(number % 9)}.`;

/** What the page shows of the log, line by line, from its first to its last. */
async function allLines(page: Page): Promise<string[]> {
  const log = page.getByRole('region', { name: 'Log', exact: true });
  const found = await log.evaluate(async (box) => {
    const texts = new Map<number, string>();
    for (let at = 0; at < box.scrollHeight; at += box.clientHeight / 2) {
      box.scrollTop = at;
      // Until nothing that is drawn waits for its bytes.
      for (let frame = 0; frame < 100; frame += 1) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (frame > 1 && box.querySelector('[aria-hidden][class*=waits]') === null) break;
      }
      for (const line of box.querySelectorAll('[data-line]'))
        texts.set(Number(line.getAttribute('data-line')), line.textContent ?? '');
    }
    return [...texts];
  });
  return found.toSorted(([a], [b]) => a - b).map(([line, text]) => text.slice(String(line).length));
}

describeInBrowser('the log of a job while its server cannot answer', () => {
  test.runIf(databases.includes('postgres'))(
    'goes on by itself and has every line once, whatever broke',
    async () => {
      const toDatabase = await breakableWire(await createTestDatabase());
      const server = await bootServer({
        database: 'postgres',
        config: { database_url: toDatabase.url, log_level: 'silent' },
      });
      const toServer = await breakableWire(server.url);
      const yard = await ciYard(server, WRITES);
      const job = await yard.take();
      const whole = Buffer.from(
        Array.from({ length: COUNT }, (_, index) => `${textOf(index + 1)}\n`).join(''),
      );
      let written = 0;
      /** Up to a share of the log; pieces end within lines, and within characters. */
      const write = async (share: number) => {
        const end = Math.floor(whole.length * share);
        for (; written < end; written = Math.min(end, written + 1777))
          await job.write(whole.subarray(written, Math.min(end, written + 1777)));
      };
      /** The last line that is written whole. */
      const lastLine = () => textOf(whole.subarray(0, written).filter((byte) => byte === 10).length);
      const page = await visit({ ...server, url: toServer.url.replace(/\/$/, '') });
      page.setDefaultTimeout(60_000);
      await write(0.1);
      await page.goto(yard.page('writes'));
      await page.getByText(lastLine()).waitFor();

      // Whoever comes back while there is no database is refused, until there is.
      await toDatabase.cut();
      const refused = page.waitForResponse(
        (response) => response.url().includes('/events/stream') && response.status() === 503,
      );
      await toServer.cut();
      await toServer.mend();
      await refused;
      await toDatabase.mend();
      await expect.poll(() => server.api('GET', '/user')).toMatchObject({ status: 200 });
      await write(0.3);
      await page.getByText(lastLine()).waitFor();

      // The stream breaks off again and again while it is written.
      for (const share of [0.4, 0.5, 0.6]) {
        const writing = write(share);
        await toServer.cut();
        await toServer.mend();
        await writing;
      }
      await page.getByText(lastLine()).waitFor();

      // Opened while nothing can be read.
      await toDatabase.cut();
      await page.reload();
      await toDatabase.mend();
      await expect.poll(() => server.api('GET', '/user')).toMatchObject({ status: 200 });
      await write(1);
      await job.finish('success');
      await badge(page, 'Passed').waitFor();
      await page.getByText('Live', { exact: true }).waitFor({ state: 'hidden' });
      await page.getByText('3,000 lines').waitFor();
      const shown = await allLines(page);
      expect(shown).toEqual(Array.from({ length: COUNT }, (_, index) => textOf(index + 1)));
    },
    240_000,
  );

  test('is asked for again until it can be read, without anybody doing anything', async () => {
    const server = await bootServer();
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('it can be read\n');
    await job.finish('success');
    const page = await visit(server);
    // Its index, and then its bytes.
    for (const address of ['**/trace/index**', /\/trace$/]) {
      let refusals = 2;
      await page.route(address, (route) =>
        refusals-- > 0
          ? route.fulfill({ status: 503, json: { message: '503 Service Unavailable - no database' } })
          : route.continue(),
      );
    }
    await page.goto(yard.page('writes'));
    await page.getByText('503 Service Unavailable - no database').waitFor();
    await page.getByText('it can be read').waitFor();
    await page.getByText('503 Service Unavailable - no database').waitFor({ state: 'hidden' });
  });
});
