import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import type { Page } from 'playwright-core';
import { describeInBrowser, drawn, hasBrowser, seriousProblems, settled, visit } from './support/browser.ts';
import { type Demo, seedDemo } from './support/demo.ts';
import { PAGES } from './support/every-page.ts';
import { compressedScripts } from './support/compressed-scripts.ts';
import { isThere, linksOf, Presser } from './support/press.ts';
import { type Undisturbed, watchRequests } from './support/requests.ts';
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

interface Shared {
  page: Page;
  /** What the page asks for while it is opened. */
  undisturbed: Undisturbed;
}
/** One page for all that need to be signed in, and one for the others: to begin a browser session takes longer than a test. */
const shared = new Map<boolean, Promise<Shared>>();

function sharedPage(signedOut: boolean): Promise<Shared> {
  const open = async () => {
    const page = await visit(server, { lasting: true, ...(signedOut && { as: null }) });
    return { page, undisturbed: await watchRequests(page) };
  };
  const known = shared.get(signedOut) ?? open();
  shared.set(signedOut, known);
  return known;
}

describeInBrowser('every page', () => {
  test.each(PAGES)(
    '$name is ready with less than 200 KB of compressed script, asks the server for nothing twice, has no serious problem of accessibility in either theme, and fits a phone',
    async ({ name, path, ready, whole, signedOut = false, twice }) => {
      const { page, undisturbed } = await sharedPage(signedOut);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 1280, height: 800 });
      // What the page before it still asked for is not this one's.
      await page.goto('about:blank');
      let scripts: Record<string, number> = {};
      const asked = await undisturbed(async () => {
        await page.goto(path(demo));
        await ready(page);
        scripts = await compressedScripts(page);
      });
      const bytes = Object.values(scripts).reduce((sum, each) => sum + each, 0);
      expect.soft(bytes, JSON.stringify(scripts, null, 1)).toBeLessThan(MOST_BYTES);
      expect.soft(bytes).toBeGreaterThan(10_000);

      const again = asked.filter((each, index) => asked.indexOf(each) !== index);
      expect.soft(again.filter((each) => !twice?.test(each))).toEqual([]);
      expect.soft(asked).toContain('GET /api/v4/session');
      expect.soft(asked.join().includes('/events/stream')).toBe(!signedOut && name !== 'not-found');

      await settled(page);
      await whole?.(page);
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await drawn(page);
        expect.soft(await seriousProblems(page), `${name}, ${theme}`).toEqual([]);
        if (pictures) await page.screenshot({ path: join(pictures, `${name}-${theme}.png`) });
      }

      await page.setViewportSize({ width: 320, height: 640 });
      const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await expect.poll(sideways, { message: `${name} is wider than a phone` }).toBeLessThanOrEqual(0);
      if (pictures) await page.screenshot({ path: join(pictures, 'phone', `${name}.png`) });
    },
  );
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
