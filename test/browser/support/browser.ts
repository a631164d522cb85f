import axe from 'axe-core';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
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
/** What each page has asked for and waits for; not what never ends: streams. */
const underWay = new WeakMap<Page, Set<Request>>();
/** What went wrong in any page since the last test: nothing may. */
let wrong: string[] = [];

async function endPages(): Promise<void> {
  for (const context of contexts) {
    // What a test does with a request may be under way still, and has nothing to say any more.
    for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  }
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
  /** With fingers rather than a mouse. */
  touch?: boolean;
  /** Kept until the end of the file: for one test after another that begins with `goto`, and leaves nothing in the browser. */
  lasting?: boolean;
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
    touch = false,
    lasting = false,
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
    hasTouch: touch,
    isMobile: touch,
  });
  if (!lasting) contexts.add(context);
  if (as !== null) {
    const reply = await context.request.post('/api/v4/session', { data: as });
    expect(reply.status(), await reply.text()).toBe(201);
  }
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  followRequests(page);
  page.on('pageerror', (error) => wrong.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() !== 'error' || !/Content Security Policy|Refused to|React|Warning:/.test(text)) return;
    if (refusals !== 'expected') wrong.push(text);
  });
  return page;
}

function followRequests(page: Page): void {
  const asked = new Set<Request>();
  underWay.set(page, asked);
  const ended = (request: Request) => void asked.delete(request);
  page
    .on('request', (request) => {
      // Whatever the page before it waited for is nobody's any more.
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) asked.clear();
      if (!/\/stream\b/.test(request.url())) asked.add(request);
    })
    .on('requestfinished', ended)
    .on('requestfailed', ended);
}

/** Until the page of a visit has all that it asks for, and has drawn it; without the half second of a network at rest. */
export async function settled(page: Page): Promise<void> {
  const asked = underWay.get(page) ?? new Set();
  const loading = page.getByRole('status', { name: 'Loading' });
  for (let quiet = 0; quiet < 4;) {
    await drawn(page);
    quiet = asked.size === 0 && (await loading.count()) === 0 ? quiet + 1 : 0;
  }
}

/** What axe-core finds that is serious or worse, one line each. */
export async function seriousProblems(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
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

/** Two frames later at least: all that a change of colours touches has been drawn anew, also where one follows another. */
export const drawn = (page: Page) =>
  page.evaluate(async () => {
    do await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    while (document.getAnimations().some((each) => each instanceof CSSTransition));
  });
