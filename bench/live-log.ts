import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Benchmark } from './frame/benchmark.ts';
import { freshPage, openBrowser } from './frame/browser.ts';
import { Connection, requestBytes } from './frame/connection.ts';
import { measure, type Step } from './frame/measure.ts';
import { startPlain } from './frame/server-process.ts';
import { type ClaimedJob, claimJobs } from './seed/claimed-jobs.ts';
import { openYard } from './seed/yard.ts';

const OTHERS = 20;
/** What the others write at a time. */
const CHUNK = 'ok 1234 - what the test is about, and how long it took (12 ms)\n'.repeat(16);

export const benchmark: Benchmark = {
  name: 'A log as it is written',
  browser: true,
  about: `Chromium shows the page of a job whose runner appends a line to its log by \`PATCH\`, one after the other, on SQLite. Measured is
the time from when the request is sent until the line stands in the page, by the clock of the machine: it should be below 300 ms.
Of these the page itself gathers what comes for 40 ms before it draws. The floor is a bare node:http server whose page appends
what it is told by server-sent events.`,
  async run({ folder, seconds, scale }) {
    const yard = await openYard(folder);
    const browser = await openBrowser();
    const bare = await startPlain('bench/floors/appended-text.ts', []);
    try {
      const [shown, ...others] = await claimJobs(
        yard,
        1 + Math.max(1, Math.ceil(OTHERS * Math.min(1, scale * 20))),
      );
      if (!shown) throw new Error('no job');
      const page = await freshPage(browser, yard.server.url, yard.password);
      await page.goto(`/${yard.project.path_with_namespace}/-/jobs/${shown.job.id}`);
      await page.getByText('Nothing has been written yet').first().waitFor();
      const plain = await freshPage(browser, bare.url, null);
      await plain.goto('/');
      await plain.waitForSelector('#log', { state: 'attached' });
      const log = await writer(yard.server.url, shown);
      const floor = await appends('bare node:http', bare.url, plain, (text) => ({
        path: '/',
        headers: {},
        text,
      }));
      const subject = await appends('one log that grows', yard.server.url, page, log.request);
      const quiet = await measure({ ...subject, pauses: yard.server.pauses }, floor, seconds * 2);
      const rest = await beside(yard.server.url, others);
      const busy = await measure(
        { ...subject, ...rest, name: `while ${others.length} others grow too`, pauses: yard.server.pauses },
        floor,
        seconds * 2,
      );
      for (const each of [log, floor, subject, rest]) each.close();
      return [quiet, busy];
    } finally {
      await browser.close();
      await bare.stop();
      await yard.close();
    }
  },
};

interface Chunk {
  path: string;
  headers: Record<string, string>;
  text: string;
}

/** Makes the requests by which a job's log grows. */
async function writer(url: string, { job }: ClaimedJob) {
  let size = 0;
  const request = (text: string): Chunk => {
    const from = size;
    size += text.length;
    return {
      path: `/api/v4/jobs/${job.id}/trace?debug_trace=false`,
      headers: {
        'JOB-TOKEN': job.token,
        'Content-Type': 'text/plain',
        'Content-Range': `${from}-${size - 1}`,
      },
      text,
    };
  };
  const connection = await Connection.open(url);
  return {
    request,
    send: (text: string) => send(connection, request(text)),
    close: () => connection.close(),
  };
}

async function send(connection: Connection, { path, headers, text }: Chunk): Promise<void> {
  const { status, body } = await connection.exchange(requestBytes('PATCH', path, headers, Buffer.from(text)));
  if (status !== 202) throw new Error(`${status}: ${body.toString()}`);
}

/** Appends a line, and waits until the page has it. */
async function appends(
  name: string,
  url: string,
  page: Page,
  requestOf: (text: string) => Chunk,
): Promise<Step & { close: () => void }> {
  const connection = await Connection.open(url);
  let count = 0;
  return {
    name,
    pauses: { reset: async () => {}, longest: async () => null, resident: async () => 0 },
    once: async () => {
      const line = `line ${++count} is written`;
      const seen = await page.evaluateHandle(watchFor, line);
      const from = performance.timeOrigin + performance.now();
      await send(connection, requestOf(`${line}\n`));
      return { waited: (await seen.evaluate(({ at }) => at)) - from };
    },
    close: () => connection.close(),
  };
}

/** Runs in the page: when a text stands there. */
function watchFor(text: string): { at: Promise<number> } {
  const at = new Promise<number>((resolve) => {
    const look = () => {
      const log = document.querySelector('#log, [role=region][aria-label=Log]');
      if (!log?.textContent.includes(text)) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, characterData: true });
    look();
  });
  // A promise alone would be waited for before the handle is given.
  return { at };
}

/** These logs grow, each a chunk behind the other, while a round lasts. */
async function beside(
  url: string,
  jobs: readonly ClaimedJob[],
): Promise<Pick<Step, 'prepare' | 'settle'> & { close: () => void }> {
  const logs = await Promise.all(jobs.map((job) => writer(url, job)));
  let going = false;
  let all: Promise<unknown> = Promise.resolve();
  return {
    prepare: () => {
      going = true;
      // As often as a runner whose log is watched might write, and more.
      const again = async (log: (typeof logs)[number]): Promise<void> => {
        await log.send(CHUNK);
        await wait(50);
        if (going) await again(log);
      };
      all = Promise.all(logs.map(again));
    },
    settle: async () => {
      going = false;
      await all;
    },
    close: () => logs.forEach((log) => log.close()),
  };
}
