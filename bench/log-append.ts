import { join } from 'node:path';
import type { Benchmark } from './frame/benchmark.ts';
import { Connection, requestBytes } from './frame/connection.ts';
import { measure, type Step } from './frame/measure.ts';
import { type ServerProcess, startServer } from './frame/server-process.ts';
import { claimJobs } from './seed/claimed-jobs.ts';
import { openYard } from './seed/yard.ts';

const JOBS = 50;
const CHUNK = Buffer.from('ok 1234 - what the test is about, and how long it took (12 ms)\n'.repeat(128));

export const benchmark: Benchmark = {
  name: 'Logs that grow',
  about: `${JOBS} jobs run at once; the runner of each appends chunks of ${CHUNK.length} bytes to its log, one \`PATCH\` after the other,
each on a connection of its own. The floor is a bare node:http server that appends the same chunks to a file for each job,
answers, and syncs the files that have changed every second: what the server promises for a log too.`,
  async run({ folder, seconds, scale }) {
    const yard = await openYard(folder);
    const bare = await startServer('bench/floors/append-files.ts', [join(folder, 'floor')]);
    try {
      const jobs = await claimJobs(yard, Math.max(2, Math.ceil(JOBS * Math.min(1, scale * 20))));
      const logs = jobs.map(({ job }) => ({ id: job.id, token: job.token }));
      const subject = await appends('log chunks, a job in each lane', yard.server, logs);
      const floor = await appends('bare node:http and files', bare, logs);
      const figure = await measure({ ...subject, memory: true }, floor, seconds * 2);
      subject.close();
      floor.close();
      return [figure];
    } finally {
      await bare.stop();
      await yard.close();
    }
  },
};

async function appends(name: string, server: ServerProcess, logs: { id: number; token: string }[]) {
  const connections = await Promise.all(logs.map(() => Connection.open(server.url)));
  const sizes = logs.map(() => 0);
  return {
    name,
    concurrency: logs.length,
    pauses: server.pauses,
    once: async (lane) => {
      const log = logs[lane];
      const from = sizes[lane] ?? 0;
      if (!log) throw new Error('more lanes than jobs');
      const request = requestBytes(
        'PATCH',
        `/api/v4/jobs/${log.id}/trace?debug_trace=false`,
        {
          'JOB-TOKEN': log.token,
          'Content-Type': 'text/plain',
          'Content-Range': `${from}-${from + CHUNK.length - 1}`,
        },
        CHUNK,
      );
      const answer = await connections[lane]?.exchange(request);
      if (answer?.status !== 202) throw new Error(`${answer?.status}: ${answer?.body.toString()}`);
      sizes[lane] = from + CHUNK.length;
    },
    close: () => connections.forEach((connection) => connection.close()),
  } satisfies Step & { close: unknown };
}
