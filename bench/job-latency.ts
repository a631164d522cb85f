import { setTimeout as wait } from 'node:timers/promises';
import type { Benchmark } from './frame/benchmark.ts';
import { measure, type Step } from './frame/measure.ts';
import { Connection, requestBytes } from './frame/connection.ts';
import { startServer } from './frame/server-process.ts';
import { largePipeline, openYard, OURS, parallelJob, type Yard } from './seed/yard.ts';

const RUNNERS = 5;
/** Between a runner's question and the job that it gets: it waits, and the server has other things to do. */
const APART_MS = 40;
const LARGE = 1000;
const MANUAL = 200;
/** One in a thousand needs thousands. */
const LONGER = 6;

export const benchmark: Benchmark = {
  name: 'A waiting runner gets a job',
  about: `${RUNNERS} runners wait for a job, each with a request that the server holds; a user plays a manual job, which makes
it pending. Measured is the time from the user's request until a runner has the job; meanwhile one pipeline of
${LARGE.toLocaleString('en-US')} jobs after the other is being created. On SQLite. The floor is a bare node:http server that holds requests and
answers one of them when it is asked to, with nothing else to do. The rates say little: the runners take their time.`,
  async run(context) {
    const yard = await openYard(context.folder);
    const bare = await startServer('bench/floors/held-requests.ts', []);
    try {
      await yard.configure('main', largePipeline(LARGE * context.scale));
      const manual = [1, 2, 3, 4, 5].map((part) =>
        parallelJob(`part ${part}`, MANUAL * context.scale, OURS, { when: 'manual' }),
      );
      await yard.configure('manual', manual.join(''));
      context.progress('configured');
      const floor = await heldRequests(bare.url);
      const subject = await handOuts(yard);
      const seconds = context.seconds * LONGER;
      const quiet = await measure(subject('while nothing else happens', null), floor.step, seconds / 4);
      context.progress('quiet is done');
      const busy = await measure(
        subject('while pipelines of 1,000 jobs are created', () => yard.createPipeline('main')),
        floor.step,
        seconds,
      );
      floor.close();
      return [quiet, busy];
    } finally {
      await bare.stop();
      await yard.close();
    }
  },
};

/** `meanwhile` is done again and again, one after another, beside the measured. */
async function handOuts(yard: Yard) {
  const runners = await yard.runners(RUNNERS);
  const players = await Promise.all(runners.map(() => Connection.open(yard.server.url)));
  const played = new Map<number, number>();
  let jobs: number[] = [];
  return (name: string, meanwhile: (() => Promise<unknown>) | null): Step => {
    let going = false;
    let side: Promise<void> | null = null;
    return {
      name,
      concurrency: RUNNERS,
      pauses: yard.server.pauses,
      stock: 1000,
      prepare: async () => {
        jobs = await yard.jobsOf(await yard.createPipeline('manual'));
        going = true;
        const again = async (): Promise<void> => {
          await meanwhile?.();
          if (going && meanwhile) await again();
        };
        side = again();
      },
      once: async (lane) => {
        const [runner, player, job] = [runners[lane], players[lane], jobs.pop()];
        if (!runner || !player) throw new Error('more lanes than runners');
        if (job === undefined) return void (await wait(APART_MS));
        const asking = runner.request();
        await wait(APART_MS);
        played.set(job, performance.now());
        const path = `/api/v4/projects/${yard.project.id}/jobs/${job}/play`;
        const headers = { 'PRIVATE-TOKEN': yard.token };
        const [reply, answer] = await Promise.all([
          asking.then((answered) => ({ ...answered, at: performance.now() })),
          player.exchange(requestBytes('POST', path, headers, Buffer.alloc(0))),
        ]);
        if (!reply.job || answer.status !== 200) throw new Error(`${reply.status}, ${answer.status}`);
        // Else it would go to another after a while.
        await runner.running(reply.job);
        // Runners that wait share the jobs out as the server likes.
        return { waited: reply.at - (played.get(reply.job.id) ?? Number.NaN) };
      },
      settle: async () => {
        going = false;
        await side;
      },
    };
  };
}

async function heldRequests(url: string) {
  const waiting = await Connection.open(url);
  const asking = await Connection.open(url);
  const step: Step = {
    name: 'bare node:http, idle',
    once: async () => {
      const held = waiting.exchange(requestBytes('GET', '/wait', {}));
      await wait(APART_MS / 4);
      const from = performance.now();
      await asking.exchange(requestBytes('POST', '/go', {}, Buffer.alloc(0)));
      await held;
      return { waited: performance.now() - from };
    },
  };
  return {
    step,
    close: () => {
      waiting.close();
      asking.close();
    },
  };
}
