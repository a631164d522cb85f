import type { Benchmark } from './frame/benchmark.ts';
import { firstLoads, freshPage, load, type Opening, openBrowser } from './frame/browser.ts';
import { type Figure, measure } from './frame/measure.ts';
import { startPlain } from './frame/server-process.ts';
import { chainedPipeline, openYard, type Yard } from './seed/yard.ts';

const JOBS = 20;

export const benchmark: Benchmark = {
  name: 'A page of the web app, for the first time',
  browser: true,
  about: `Chromium opens an address with nothing in its cache, signed in, in a window that has come to rest; on SQLite. The time is from the navigation until the list
of projects, or the graph of a pipeline, is there to be used: the page, its scripts, who is signed in, what the page is about. In
the first column, how many bytes of script that took as they were sent. The floor is a bare node:http server with a page whose only
script is as many bytes, and does nothing but put a word onto the page. The longest pause is the longest task of the page,
where one was above 50 ms.`,
  async run({ folder, seconds, progress }) {
    const browser = await openBrowser();
    const yard = await openYard(folder);
    try {
      const figures: Figure[] = [];
      for (const [name, opening] of await pagesOf(yard)) {
        const trial = await freshPage(browser, opening.url, opening.password);
        const { scriptBytes } = await load(trial, opening);
        await trial.context().close();
        progress(`${name}: ${scriptBytes} bytes of script`);
        const bare = await startPlain('bench/floors/page-with-script.ts', [String(scriptBytes)]);
        const subject = firstLoads(
          browser,
          seconds,
          `${name}, ${Math.round(scriptBytes / 1000)} KB of script`,
          opening,
        );
        const floor = firstLoads(browser, seconds, 'a bare page with one script of the same bytes', {
          url: bare.url,
          password: null,
          path: '/',
          selector: 'p',
        });
        figures.push(await measure(subject, floor, seconds));
        await subject.close();
        await floor.close();
        await bare.stop();
      }
      return figures;
    } finally {
      await browser.close();
      await yard.close();
    }
  },
};

async function pagesOf(yard: Yard): Promise<[string, Opening][]> {
  await yard.configure('main', chainedPipeline(JOBS));
  const pipeline = await yard.createPipeline('main');
  const project = `/${yard.project.path_with_namespace}`;
  const of = { url: yard.server.url, password: yard.password };
  return [
    ['the projects', { ...of, path: '/', selector: `main a[href="${project}"]` }],
    [
      `a pipeline of ${JOBS} jobs`,
      { ...of, path: `${project}/-/pipelines/${pipeline.id}`, selector: '[data-place]' },
    ],
  ];
}
