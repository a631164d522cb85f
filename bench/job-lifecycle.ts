import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { openDatabase } from '../src/db/dialect.ts';
import { migrate } from '../src/db/migrate.ts';
import type { Tables } from '../src/db/schema.ts';
import { sqliteDialect } from '../src/db/sqlite-driver.ts';
import type { RunnerReply } from '../test/support/simulated-runner.ts';
import type { Benchmark, Context } from './frame/benchmark.ts';
import { LeanRunner } from './frame/lean-runner.ts';
import { type Figure, measure, type Step } from './frame/measure.ts';
import { type ServerProcess, startJobyard, startServer } from './frame/server-process.ts';
import { seedProject } from './seed/people.ts';
import { cancelChains, CHAIN, type Numbers, seedChains, seedOthers, seedRunners } from './seed/queue.ts';

const RUNNERS = 100;
/** Of so many pending jobs, the runners can take one in a hundred. */
const MANY = 100_000;
const FEW = 100;
const LOG = Buffer.from(
  '$ make test\nok: all of it, and this line is as long as such lines are\n'.repeat(30),
);
const inWords = (count: number) => count.toLocaleString('en-US');

export const benchmark: Benchmark = {
  name: 'The life of a job',
  about: `A runner asks for a job, acknowledges it, sends one chunk of log (${LOG.length} bytes) and says that it has
succeeded: four requests, of which three change the job's state durably. ${RUNNERS} runners do so at a time, on SQLite;
the jobs stand one behind the other in pipelines of ${CHAIN}, so that each end makes another job pending. A round lasts
until the logs of its jobs are sealed. Median and p99 are of the request for a job. The floor is a bare node:http server
that keeps the same: one row for each change of state, changes that wait together in one COMMIT with synchronous=FULL;
all logs in one file, synced before a job's end is kept. With ${inWords(FEW)} pending jobs the runners match all of them,
with ${inWords(MANY)} one in a hundred.`,
  async run(context) {
    const running: ServerProcess[] = [];
    try {
      const few = await openYard(context, 'few', FEW, 0);
      running.push(few.server);
      const matching = Math.max(FEW, (MANY / 100) * context.scale);
      const many = await openYard(context, 'many', matching, matching * 99);
      running.push(many.server);
      const bare = await startFloor(context, few);
      running.push(bare);

      const figures: Figure[] = [];
      const compare = async (subject: Step & Closing, floor: Step & Closing) => {
        context.progress(subject.name);
        figures.push(await measure(subject, floor, context.seconds));
        subject.close();
        floor.close();
      };
      const among = (yard: Yard) => `a job's life among ${inWords(yard.pending)} pending`;
      await compare(
        lifecycles(among(few), few),
        exchanges('bare node:http and durable rows', bare, few.tokens.length),
      );
      await compare(lifecycles(among(many), many), lifecycles(among(few), few));
      return figures;
    } finally {
      for (const server of running) await server.stop();
    }
  },
};

/** A server with pending jobs and runners for some of them. */
interface Yard {
  server: ServerProcess;
  data: string;
  tokens: string[];
  /** Pending at a time that the runners can take, and in all. */
  matching: number;
  pending: number;
  /** Where our next pipelines begin. */
  next: Numbers;
}

interface Closing {
  close(): void;
}

async function openYard(
  { folder, scale, progress }: Context,
  name: string,
  matching: number,
  others: number,
): Promise<Yard> {
  const data = join(folder, name);
  mkdirSync(data);
  const db = await openDatabase(data, null);
  await migrate(db);
  const seeded = await db.write(async (tx) => {
    await seedProject(tx);
    const tokens = await seedRunners(tx, Math.ceil(RUNNERS * Math.min(1, scale * 20)));
    const first = { pipeline: 1, job: 1 };
    return { tokens, next: others > 0 ? await seedOthers(tx, first, others) : first };
  });
  await db.close();
  progress(`${inWords(others)} pending jobs for others`);
  return { server: await startJobyard(data), data, matching, pending: matching + others, ...seeded };
}

/** The lifecycle again and again, by all runners. New pipelines are laid before each round. */
function lifecycles(name: string, yard: Yard): Step & Closing {
  const { server, data, tokens, matching } = yard;
  const database = new DatabaseSync(join(data, 'jobyard.db'), { timeout: 5000 });
  const rows = new Kysely<Tables>({ dialect: sqliteDialect(database) });
  const unsealed = database.prepare("SELECT count(*) AS left FROM work WHERE kind = 'seal_trace'");
  const runners = tokens.map((token) => new LeanRunner(server.url, token));
  const chains = matching + tokens.length;
  return {
    name,
    concurrency: tokens.length,
    pauses: server.pauses,
    // The last quarter is left: with few pipelines still going, runners would wait for jobs that nobody has.
    stock: Math.floor(chains * CHAIN * 0.75),
    prepare: async () => {
      database.exec('BEGIN IMMEDIATE');
      await cancelChains(rows, yard.next);
      yard.next = await seedChains(rows, yard.next, chains);
      database.exec('COMMIT');
    },
    once: (lane) => live(runners[lane]),
    settle: async () => {
      while (unsealed.get()?.left !== 0) await wait(5);
    },
    close: () => {
      for (const runner of runners) runner.close();
      database.close();
    },
  };
}

/** The same requests to the bare server. */
function exchanges(name: string, { url }: ServerProcess, count: number): Step & Closing {
  const runners = Array.from({ length: count }, () => new LeanRunner(url, 'none'));
  return {
    name,
    concurrency: count,
    once: (lane) => live(runners[lane]),
    close: () => runners.forEach((runner) => runner.close()),
  };
}

/** One job's life; answers how long its runner waited for it. */
async function live(runner: LeanRunner | undefined): Promise<{ waited: number; payload: Buffer }> {
  if (!runner) throw new Error('more lanes than runners');
  const asked = performance.now();
  const { job, status, body } = await runner.request();
  const waited = performance.now() - asked;
  if (!job) throw new Error(`no job: ${status} ${body.toString()}`);
  expectStatus(200, await runner.running(job));
  expectStatus(202, await runner.patch(job, LOG));
  expectStatus(200, await runner.finish(job, 'success', LOG));
  return { waited, payload: body };
}

function expectStatus(wanted: number, { status, body }: RunnerReply): void {
  if (status !== wanted) throw new Error(`${status} instead of ${wanted}: ${body.toString()}`);
}

/** The bare server, with a payload that the real one has handed out. */
async function startFloor({ folder }: Context, yard: Yard): Promise<ServerProcess> {
  const step = lifecycles('one', yard);
  await step.prepare?.();
  step.close();
  const [token = ''] = yard.tokens;
  const runner = new LeanRunner(yard.server.url, token);
  const { payload } = await live(runner);
  runner.close();
  const file = join(folder, 'payload.json');
  writeFileSync(file, payload);
  return startServer('bench/floors/durable-exchanges.ts', [join(folder, 'floor'), file]);
}
