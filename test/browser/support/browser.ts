import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import { afterEachFile } from '../../support/after-each-file.ts';
import type { TestServer } from '../../support/server.ts';
import { findBrowser } from './find-browser.ts';
import { launchBrowser } from './launch-browser.ts';

export const hasBrowser = findBrowser() !== null;

/** `describe` for tests that need a browser; they are skipped, as said at the start, where there is none. */
export const describeInBrowser = (name: string, tests: () => void) =>
  (hasBrowser ? describe : describe.skip)(name, () => {
    afterEach(endPages);
    tests();
  });

let browser: Promise<Browser> | undefined;
const contexts = new Set<BrowserContext>();
/** What went wrong in any page since the last test: nothing may. */
let wrong: string[] = [];

async function endPages(): Promise<void> {
  for (const context of contexts) await context.close();
  contexts.clear();
  const found = wrong;
  wrong = [];
  expect(found, 'what the pages complained of').toEqual([]);
}

afterEachFile(async () => {
  await (await browser)?.close();
  browser = undefined;
});

export interface VisitOptions {
  /** Whom to sign in: root unless said; null for nobody. */
  as?: { login: string; password: string } | null;
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
  /** Whether the test means what it shows to be refused something by its content security policy. */
  refusals?: 'expected';
}

/**
 * A page of its own browser session, signed in, at no address yet: `await page.goto('/group/project')`. The test fails when
 * a page throws, or asks for something that its content security policy refuses.
 */
export async function visit(
  server: Pick<TestServer, 'url' | 'rootPassword'>,
  options: VisitOptions = {},
): Promise<Page> {
  const {
    as = { login: 'root', password: server.rootPassword },
    theme = 'light',
    width = 1280,
    height = 800,
    refusals,
  } = options;
  browser ??= launchBrowser();
  const context = await (
    await browser
  ).newContext({
    baseURL: server.url,
    colorScheme: theme,
    viewport: { width, height },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  contexts.add(context);
  if (as !== null) {
    const reply = await context.request.post('/api/v4/session', { data: as });
    expect(reply.status(), await reply.text()).toBe(201);
  }
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => wrong.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() !== 'error' || !/Content Security Policy|Refused to|React|Warning:/.test(text)) return;
    if (refusals !== 'expected') wrong.push(text);
  });
  return page;
}

/** What axe-core finds that is serious or worse, one line each. */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')} ${failureSummary ?? ''}`,
      ),
    );
}

/** Two frames later: all that a change of colours touches has been drawn anew. */
export const drawn = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
