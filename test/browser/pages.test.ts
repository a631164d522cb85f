import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, seriousProblems, visit } from './support/browser.ts';
import { type Demo, seedDemo } from './support/demo.ts';
import { PAGES } from './support/every-page.ts';
import { compressedScripts } from './support/compressed-scripts.ts';

/** Where pictures of every page go; `npm run screenshots` names docs/images. */
const pictures = process.env['JOBYARD_SCREENSHOTS'];

let server: TestServer;
let demo: Demo;

/** Of script, before a page that is opened by its address can be used. */
const MOST_BYTES = 200_000;

/** Two frames later: all that a change of colours touches has been drawn anew. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

describeInBrowser('every page', () => {
  beforeAll(async () => {
    server = await bootServer({ config: { runner: true, runner_concurrent: 4 } });
    demo = await seedDemo(server.api);
    if (pictures) mkdirSync(join(pictures, 'phone'), { recursive: true });
  }, 240_000);

  test.each(PAGES)(
    '$name has no serious problem of accessibility in either theme, and fits a phone',
    async (shown) => {
      const page = await visit(server, shown.signedOut ? { as: null } : {});
      await page.goto(shown.path(demo));
      await shown.ready(page);
      await page.waitForLoadState('networkidle').catch(() => {});
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await drawn(page);
        expect(await seriousProblems(page), `${shown.name}, ${theme}`).toEqual([]);
        if (pictures) await page.screenshot({ path: join(pictures, `${shown.name}-${theme}.png`) });
      }
      await page.setViewportSize({ width: 320, height: 640 });
      const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await expect.poll(sideways, { message: `${shown.name} is wider than a phone` }).toBeLessThanOrEqual(0);
      if (pictures) await page.screenshot({ path: join(pictures, 'phone', `${shown.name}.png`) });
    },
  );

  test.each(PAGES)('$name is ready with less than 200 KB of compressed script', async (shown) => {
    const page = await visit(server, shown.signedOut ? { as: null } : {});
    await page.goto(shown.path(demo));
    await shown.ready(page);
    const scripts = await compressedScripts(page);
    const bytes = Object.values(scripts).reduce((sum, each) => sum + each, 0);
    expect(bytes, JSON.stringify(scripts, null, 1)).toBeLessThan(MOST_BYTES);
    expect(bytes).toBeGreaterThan(10_000);
  });
});
