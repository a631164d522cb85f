import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '../src/db/dialect.ts';
import { migrate } from '../src/db/migrate.ts';
import type { Benchmark } from './frame/benchmark.ts';
import { measure, type Step } from './frame/measure.ts';
import { type PlainProcess, startPlain, startPlainJobyard } from './frame/server-process.ts';
import { seedHistory } from './seed/history.ts';

const JOBS = 1_000_000;
/** After its start the server is left alone for so long, then its memory is read. */
const REST_MS = 2000;

export const benchmark: Benchmark = {
  name: 'A server at rest',
  about: `\`npm start\` without the built-in runner, on SQLite with ${JOBS.toLocaleString('en-US')} jobs: the time from the start of the
process until it says that it is ready, and its resident memory ${REST_MS / 1000} seconds later, at the first start and at the
last. The floor is a bare node:http server, which is ready when it listens.`,
  async run({ folder, seconds, scale, progress }) {
    const data = join(folder, 'data');
    mkdirSync(data);
    const db = await openDatabase(data, null);
    await migrate(db);
    await seedHistory(db, JOBS * scale, progress);
    await db.close();
    const [headers, body] = [join(folder, 'headers.json'), join(folder, 'body')];
    writeFileSync(headers, '{}');
    writeFileSync(body, '');
    const rest = REST_MS * Math.min(1, seconds);
    const subject = startStep('from start until ready', () => startPlainJobyard(data), rest);
    const floor = startStep(
      'bare node:http',
      () => startPlain('bench/floors/same-bytes.ts', [headers, body]),
      rest,
    );
    const figure = await measure({ ...subject, memory: true }, floor, seconds);
    await subject.close();
    await floor.close();
    return [figure];
  },
};

/** Starts it, once a round; the one of the round before is stopped first. */
function startStep(name: string, start: () => Promise<PlainProcess>, rest: number) {
  let running: PlainProcess | null = null;
  const close = async () => {
    await running?.stop();
    running = null;
  };
  return {
    name,
    stock: 1,
    prepare: close,
    once: async () => {
      running = await start();
    },
    pauses: {
      reset: async () => {},
      longest: async () => null,
      resident: async () => {
        await wait(rest);
        return residentOf(running?.pid ?? 0);
      },
    },
    close,
  } satisfies Step & { close: unknown };
}

/** In bytes, as the system counts it. */
const residentOf = (pid: number) =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
