import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findBrowser, findWholeBrowser } from '../test/browser/support/find-browser.ts';
import type { Benchmark } from './frame/benchmark.ts';
import { firstLoads, openBrowser } from './frame/browser.ts';
import { type Figure, measure } from './frame/measure.ts';
import { startPlain } from './frame/server-process.ts';
import { chainedPipeline, openYard } from './seed/yard.ts';

const JOBS = 1000;

export const benchmark: Benchmark = {
  name: 'The graph of a thousand jobs in a browser',
  browser: true,
  about: `Chromium opens a pipeline of ${JOBS.toLocaleString('en-US')} jobs that need each other, with nothing in its cache, signed in, in a
window that has come to rest; on SQLite. The time is from the navigation until the graph is drawn, by stages: the jobs that are in sight, each with its link, its status and
its button; and all of them, for which the key 0 is pressed as soon as something is there. It should be below 1,500 ms. The floor is a bare node:http server with a static page of as many links at the places of the jobs. The longest pause is the
longest task of the page. Chromium draws with the processor here, which has no graphics processor beside it; its headless shell has no
compositor, and shows what the page itself takes.`,
  async run({ folder, seconds, scale, progress }) {
    const browsers = await openBrowsers();
    const yard = await openYard(folder);
    try {
      await yard.configure('main', chainedPipeline(JOBS * scale));
      const pipeline = await yard.createPipeline('main');
      const jobs = (await yard.jobsOf(pipeline)).length;
      progress(`a pipeline of ${jobs} jobs`);
      const bare = await startPlain('bench/floors/same-bytes.ts', staticPage(folder, jobs));
      const opened = { url: yard.server.url, password: yard.password, selector: '[data-node]' };
      const path = `/${yard.project.path_with_namespace}/-/pipelines/${pipeline.id}`;
      const figures: Figure[] = [];
      for (const [name, browser] of browsers) {
        const floor = firstLoads(browser, seconds, 'a static page of as many links', {
          url: bare.url,
          password: null,
          path: '/',
          selector: 'a',
          count: jobs,
        });
        const seen = firstLoads(browser, seconds, `the jobs in sight, ${name}`, { ...opened, path });
        const whole = firstLoads(browser, seconds, `all ${jobs.toLocaleString('en-US')} jobs, ${name}`, {
          ...opened,
          path,
          count: jobs,
          key: '0',
        });
        figures.push(await measure(seen, floor, seconds), await measure(whole, floor, seconds));
        for (const step of [seen, whole, floor]) await step.close();
      }
      await bare.stop();
      return figures;
    } finally {
      for (const browser of browsers.values()) await browser.close();
      await yard.close();
    }
  },
};

/** Whose figures are taken: one or both. */
async function openBrowsers(): Promise<Map<string, Browser>> {
  const [whole, shell] = [findWholeBrowser(), findBrowser()];
  const browsers = new Map([['Chromium', await openBrowser(whole)]]);
  if (shell !== whole) browsers.set('headless shell', await openBrowser(shell));
  return browsers;
}

function staticPage(folder: string, count: number): [headers: string, body: string] {
  const links = Array.from({ length: count }, (_, index) => {
    const [left, top] = [Math.floor(index / 20) * 232, (index % 20) * 44];
    return `<a href="/jobs/${index}" style="left:${left}px;top:${top}px">job ${index}</a>`;
  });
  const style = 'a{position:absolute;width:216px;height:36px;border:1px solid}';
  const [headers, body] = [join(folder, 'headers.json'), join(folder, 'page.html')];
  writeFileSync(headers, JSON.stringify({ 'Content-Type': 'text/html' }));
  writeFileSync(body, `<!doctype html><title>Bare</title><style>${style}</style>${links.join('')}`);
  return [headers, body];
}
