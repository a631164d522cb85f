import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { findWholeBrowser } from '../../test/browser/support/find-browser.ts';
import { launchBrowser } from '../../test/browser/support/launch-browser.ts';
import type { Step } from './measure.ts';

/** Chromium, and the web app built of its sources as they are: before a server has looked at it. */
export async function openBrowser(executable = findWholeBrowser()): Promise<Browser> {
  execFileSync(process.execPath, ['web/build.ts'], { cwd: resolve(import.meta.dirname, '../..') });
  return await launchBrowser(executable);
}

/** A browser is at rest when all its processes have taken no more than this of a processor in this time, twice. */
const REST = { everyMs: 250, seconds: 0.03, times: 2, tries: 24 };

/**
 * Waits until the browser does nothing, for a while. A whole Chromium has a second's work when a window has been opened: it
 * loads what its address bar may show, hundreds of files. Whoever opens a page in a window has that behind them.
 */
async function untilAtRest(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const taken = async () =>
    (await session.send('SystemInfo.getProcessInfo')).processInfo.reduce(
      (sum, { cpuTime }) => sum + cpuTime,
      0,
    );
  let before = await taken();
  for (let times = 0, tries = 0; times < REST.times && tries < REST.tries; tries++) {
    await setTimeout(REST.everyMs);
    const now = await taken();
    times = now - before <= REST.seconds ? times + 1 : 0;
    before = now;
  }
  await session.detach();
}

/**
 * A page in a session of its own, so with nothing in its cache.
 * @param password of root, who is signed in; null: nobody is
 */
export async function freshPage(browser: Browser, url: string, password: string | null): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } });
  if (password !== null) {
    const reply = await context.request.post('/api/v4/session', { data: { login: 'root', password } });
    if (reply.status() !== 201) throw new Error(`signing in: ${reply.status()} ${await reply.text()}`);
  }
  return await context.newPage();
}

/** What is opened, and by whom. */
export interface Opening {
  url: string;
  /** Of root, who is signed in; null: nobody is. */
  password: string | null;
  path: string;
  /** What is there once the page can be used, and how many of them. */
  selector: string;
  count?: number;
  /** Pressed as soon as the first of them is there. */
  key?: string;
}

export interface Loaded {
  /** From the navigation until what was looked for was there. */
  milliseconds: number;
  /** The longest time until then in which the page did nothing else; 0 where none was above 50 ms. */
  longestTask: number;
  /** Of all scripts, as they were sent. */
  scriptBytes: number;
}

/** Opens an address, and watches from within the page until the selector finds so many elements. */
export async function load(page: Page, { path, selector, count = 1, key }: Opening): Promise<Loaded> {
  await page.addInitScript(watch, { selector, count });
  await page.goto(path, { waitUntil: 'commit' });
  if (key !== undefined) {
    // Looks at each frame; waitForSelector looks only every half second after a while.
    await page.waitForFunction((some) => document.querySelector(some) !== null, selector);
    await page.keyboard.press(key);
  }
  await page.waitForFunction(() => performance.getEntriesByName('there').length > 0);
  return await page.evaluate(() => {
    const milliseconds = performance.getEntriesByName('there')[0]?.startTime ?? Number.NaN;
    const { longestTask = 0 } = globalThis as { longestTask?: number };
    const scripts = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(
      ({ name }) => new URL(name).pathname.endsWith('.js'),
    );
    return {
      milliseconds,
      longestTask,
      scriptBytes: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    };
  });
}

/** Runs in the page, before anything of it. */
function watch({ selector, count }: { selector: string; count: number }): void {
  const told = globalThis as { longestTask?: number };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries())
      told.longestTask = Math.max(told.longestTask ?? 0, duration);
  }).observe({ type: 'longtask', buffered: true });
  const observer = new MutationObserver(() => {
    if (document.querySelectorAll(selector).length < count) return;
    observer.disconnect();
    performance.mark('there');
  });
  observer.observe(document, { childList: true, subtree: true });
}

/** How many pages are made ready before a round, for that takes longer than the loading; for a trial one will do. */
const STOCK = 3;

/** A page opened again and again, each time with nothing in its cache; its pauses are the longest tasks of the page. */
export function firstLoads(
  browser: Browser,
  seconds: number,
  name: string,
  opening: Opening,
): Step & { close: () => unknown } {
  const stock = seconds < 1 ? 1 : STOCK;
  const { url, password } = opening;
  let ready: Page[] = [];
  let done: Page[] = [];
  let longest = 0;
  const close = async () => {
    for (const page of [...ready, ...done]) await page.context().close();
    [ready, done] = [[], []];
  };
  return {
    name,
    stock,
    pauses: {
      reset: async () => {
        longest = 0;
      },
      longest: async () => longest || null,
      resident: async () => 0,
    },
    prepare: async () => {
      await close();
      for (let page = 0; page < stock; page++) ready.push(await freshPage(browser, url, password));
      if (stock > 1) await untilAtRest(browser);
    },
    once: async () => {
      const page = ready.pop();
      if (!page) throw new Error('more rounds than pages');
      done.push(page);
      const { milliseconds, longestTask } = await load(page, opening);
      longest = Math.max(longest, longestTask);
      return { waited: milliseconds };
    },
    close,
  };
}
