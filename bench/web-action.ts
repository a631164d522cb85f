import type { Browser, Page } from 'playwright-core';
import type { Benchmark } from './frame/benchmark.ts';
import { freshPage, openBrowser } from './frame/browser.ts';
import { measure, type Step } from './frame/measure.ts';
import { startPlain } from './frame/server-process.ts';
import { openYard } from './seed/yard.ts';

export const benchmark: Benchmark = {
  name: 'What one browser does, another shows',
  browser: true,
  about: `Two browser sessions look at a pipeline, on SQLite; in one a job is canceled, retried, canceled and so on. The time is from the
click in one until the graph in the other shows the job's new status, by the clock of the machine. It should be below
1,000 ms; of some dozens p99 is the worst. The floor is a bare node:http server that passes each press of a button on to whoever looks, by the same kind of stream.`,
  async run({ folder, seconds }) {
    const browser = await openBrowser();
    const yard = await openYard(folder);
    const bare = await startPlain('bench/floors/passed-on.ts', []);
    try {
      await yard.configure('main', JSON.stringify({ unit: { tags: ['other'], script: ['make'] } }));
      const pipeline = await yard.createPipeline('main');
      const path = `/${yard.project.path_with_namespace}/-/pipelines/${pipeline.id}`;
      const app = await twoPages(browser, yard.server.url, yard.password, path, '[data-place]');
      const plain = await twoPages(browser, bare.url, null, '/', 'button');
      let turn = 0;
      const subject = passing('a job canceled or retried', app, () => {
        const [action, status] = turn++ % 2 === 0 ? ['Cancel', 'Canceled'] : ['Retry', 'Pending'];
        return {
          button: `[data-node] button[aria-label="${action} unit"]`,
          shown: `[data-node] [role=img][aria-label="${status}"]`,
        };
      });
      let presses = 0;
      const floor = passing('a press passed on by bare node:http', plain, () => ({
        button: 'button',
        shown: `button[data-last="${++presses}"]`,
      }));
      return [await measure(subject, floor, seconds * 2)];
    } finally {
      await browser.close();
      await bare.stop();
      await yard.close();
    }
  },
};

/** Both at one address, and ready. */
async function twoPages(
  browser: Browser,
  url: string,
  password: string | null,
  path: string,
  selector: string,
): Promise<[acts: Page, looks: Page]> {
  const pages = [await freshPage(browser, url, password), await freshPage(browser, url, password)] as const;
  for (const page of pages) {
    await page.goto(path);
    await page.waitForSelector(selector);
  }
  const [acts, looks] = pages;
  await acts.evaluate(() => {
    const told = globalThis as { clickedAt?: number };
    document.addEventListener(
      'click',
      () => (told.clickedAt = performance.timeOrigin + performance.now()),
      true,
    );
  });
  return [acts, looks];
}

/** Presses what `next` names in one page, and waits until the other shows what it names. */
function passing(
  name: string,
  [acts, looks]: [acts: Page, looks: Page],
  next: () => { button: string; shown: string },
): Step {
  return {
    name,
    pauses: { reset: async () => {}, longest: async () => null, resident: async () => 0 },
    once: async () => {
      const { button, shown } = next();
      const seen = looks.evaluate(whenShown, shown);
      await acts.click(button);
      const clicked = await acts.evaluate(
        () => (globalThis as { clickedAt?: number }).clickedAt ?? Number.NaN,
      );
      return { waited: (await seen) - clicked };
    },
  };
}

/** Runs in the page: when what the selector names was there, by the clock of the machine. */
function whenShown(selector: string): Promise<number> {
  return new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector(selector)) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, attributes: true });
    look();
  });
}
