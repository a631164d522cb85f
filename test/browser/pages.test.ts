import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, drawn, hasBrowser, seriousProblems, visit } from './support/browser.ts';
import { type Demo, seedDemo } from './support/demo.ts';
import { PAGES } from './support/every-page.ts';
import { compressedScripts } from './support/compressed-scripts.ts';
import { isThere, linksOf, Presser } from './support/press.ts';
import { requestsUndisturbed } from './support/requests.ts';
import { memberOf } from './support/project.ts';

/** Where pictures of every page go; `npm run screenshots` names docs/images. */
const pictures = process.env['JOBYARD_SCREENSHOTS'];

let server: TestServer;
let demo: Demo;

/** Of script, before a page that is opened by its address can be used. */
const MOST_BYTES = 200_000;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await bootServer({ config: { runner: true, runner_concurrent: 4 } });
  demo = await seedDemo(server.api);
  if (pictures) mkdirSync(join(pictures, 'phone'), { recursive: true });
}, 240_000);

describeInBrowser('every page', () => {
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

  test.each(PAGES)('$name asks the server for nothing twice', async (shown) => {
    const page = await visit(server, shown.signedOut ? { as: null } : {});
    const asked = await requestsUndisturbed(page, async () => {
      await page.goto(shown.path(demo));
      await shown.ready(page);
    });
    expect(asked.filter((each, index) => asked.indexOf(each) !== index)).toEqual([]);
    expect(asked).toContain('GET /api/v4/session');
    expect(asked.join().includes('/events/stream')).toBe(!shown.signedOut && shown.name !== 'not-found');
  });

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

/** Links that differ by numbers and commits lead to the same kind of page. */
const kindOf = (address: string) => {
  const { pathname, searchParams } = new URL(address, server.url);
  return `${pathname.replace(/[0-9a-f]{40}|\d+/g, 'N')} ${searchParams.get('view') ?? ''}`;
};

describeInBrowser('somebody who may only look', () => {
  test(
    'is shown no button and no link, on any page, that the server then refuses',
    { timeout: 300_000 },
    async () => {
      const at = `/projects/${encodeURIComponent(demo.path)}`;
      const { body: shop } = await server.api<{ id: number }>('GET', at);
      const presser = new Presser();
      const reached = new Set<string>();
      // Whoever may do more is refused no more: what a guest was not is not tried again.
      for (const role of ['guest', 'reporter'] as const) {
        const page = await visit(server, { as: await memberOf(server.api, shop, role) });
        const links = new Map<string, string>();
        const forbidden: { kind: string; path: string }[] = [];
        page.on('response', (reply) => {
          if (reply.request().method() === 'GET' && reply.status() === 403)
            forbidden.push({ kind: kindOf(page.url()), path: new URL(reply.url()).pathname });
        });
        const goTo = async (path: string) => {
          await page.goto(path);
          reached.add(kindOf(page.url()));
          await isThere(page);
        };
        for (const { name, path } of PAGES) {
          await goTo(path(demo));
          for (const href of await linksOf(page)) links.set(kindOf(href), href);
          await presser.pressAll(page, name, () => goTo(path(demo)));
        }
        expect(presser.refused, role).toEqual([]);
        for (const [kind, href] of links) if (!reached.has(kind)) await goTo(href);
        expect(
          forbidden.filter(({ kind }) => links.has(kind)),
          role,
        ).toEqual([]);
      }
    },
  );
});
