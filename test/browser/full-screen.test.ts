import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, seriousProblems } from './support/browser.ts';
import { button, showing } from './support/job-page.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer();
});

describeInBrowser('a log', () => {
  test('fills the screen, and leaves it by Escape, by f and by its button', async () => {
    const { page } = await showing(server, 'one\n');
    const heading = page.getByRole('heading', { name: 'writes' });
    const covers = () =>
      page.getByRole('region', { name: 'Log of the job' }).evaluate((viewer) => {
        const { width, height, top, left } = viewer.getBoundingClientRect();
        const above = document.elementFromPoint(innerWidth / 2, 10);
        return (
          top === 0 && left === 0 && width === innerWidth && height === innerHeight && viewer.contains(above)
        );
      });
    expect(await covers()).toBe(false);
    await button(page, 'Full screen (f)').click();
    await expect.poll(covers).toBe(true);
    expect(await button(page, 'Leave full screen (f)').getAttribute('aria-pressed')).toBe('true');
    expect(await seriousProblems(page)).toEqual([]);
    await button(page, 'Leave full screen (f)').click();
    await expect.poll(covers).toBe(false);
    await heading.click();
    await page.keyboard.press('f');
    await expect.poll(covers).toBe(true);
    await page.keyboard.press('f');
    await expect.poll(covers).toBe(false);
    await page.keyboard.press('f');
    await expect.poll(covers).toBe(true);
    // A browser leaves its full screen by itself, and the log's with it.
    await page.evaluate(() => document.exitFullscreen().catch(() => {}));
    await page.keyboard.press('Escape');
    await expect.poll(covers).toBe(false);
  });

  test('fills the screen in the end, though one changes one’s mind before the browser has done it', async () => {
    const { page } = await showing(server, 'one\n');
    await page.evaluate(() => {
      const enter = Element.prototype.requestFullscreen;
      Element.prototype.requestFullscreen = async function (this: Element) {
        await new Promise((later) => setTimeout(later, 500));
        await enter.call(this);
      };
    });
    const filled = () => page.evaluate(() => document.fullscreenElement !== null);
    await button(page, 'Full screen (f)').click();
    await page.keyboard.press('f');
    await page.keyboard.press('f');
    await expect.poll(filled).toBe(true);
    await page.waitForTimeout(1_000);
    expect(await filled()).toBe(true);
    await button(page, 'Leave full screen (f)').click();
    await expect.poll(filled).toBe(false);
  });

  test('has the window alone where a browser says nothing of its full screen, and does nothing', async () => {
    const { page } = await showing(server, 'one\n');
    await page.evaluate(() => {
      Element.prototype.requestFullscreen = () => undefined as unknown as Promise<void>;
    });
    await button(page, 'Full screen (f)').click();
    await button(page, 'Leave full screen (f)').click({ timeout: 5_000 });
    await button(page, 'Full screen (f)').waitFor();
  });
});
