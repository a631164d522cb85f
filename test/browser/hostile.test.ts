import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, settled, visit } from './support/browser.ts';
import { HOSTILE_PAGES } from './support/hostile-pages.ts';
import { EVIL_FILE, type HostileScene, seedHostile, VALUES } from './support/hostile-scene.ts';
import { mixedLines } from './support/mixed-lines.ts';
import { unmarkedTexts } from './support/unmarked-texts.ts';

describeInBrowser('hostile names', () => {
  let server: TestServer;
  let scene: HostileScene;
  beforeAll(async () => {
    if (!hasBrowser) return;
    server = await bootServer();
    scene = await seedHostile(server);
  });

  test(
    'do nothing, are seen for what they are, and turn no text but their own, on any page',
    { timeout: 180_000 },
    async () => {
      const page = await visit(server);
      const found: Record<string, unknown> = {};
      for (const [name, address, act] of HOSTILE_PAGES) {
        await page.goto(address(scene));
        await page.getByRole('heading').first().waitFor();
        await settled(page);
        await act?.(page);
        await settled(page);
        const lines = await mixedLines(page, VALUES);
        const unmarked = await unmarkedTexts(page);
        const images = await page.locator('img[src^="x"]').count();
        const hurt = await page.evaluate(() => 'hurt' in window);
        const turned = /[\u202a-\u202e\u2066-\u2069]/.test(await page.title());
        if (lines.length > 0 || unmarked.length > 0 || images > 0 || hurt || turned)
          found[name] = { lines, unmarked, images, hurt, turned };
      }
      expect(found).toEqual({});
    },
  );

  test('in code are seen: what is not seen by itself has a mark with its code', async () => {
    const page = await visit(server);
    await page.goto(`${scene.project}/-/blob/main/${encodeURIComponent(EVIL_FILE)}`);
    await page.getByText('change the order in which others are shown').waitFor();
    const marks = page.locator('[data-line] [data-code]');
    const shown = await marks.evaluateAll((all) =>
      all.map((each) => getComputedStyle(each, '::before').content),
    );
    expect(shown).toEqual(['"U+202E"', '"U+2066"', '"U+2069"', '"U+200B"']);
    // And is copied as it is.
    expect(await page.locator('[data-line="2"] code').textContent()).toBe(
      'if admin\u2066 # \u2069\u200B then',
    );
    await page.goto(`${scene.project}/-/pipelines/${scene.pipeline}?view=yaml`);
    await page.getByText('U+202E').first().waitFor();
  });
});
