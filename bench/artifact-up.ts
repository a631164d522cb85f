import { join } from 'node:path';
import type { Benchmark } from './frame/benchmark.ts';
import { Connection } from './frame/connection.ts';
import { measure, type Step } from './frame/measure.ts';
import { type ServerProcess, startServer } from './frame/server-process.ts';
import { ARCHIVE_BYTES, asForm, makeArchive } from './seed/archive.ts';
import { claimJobs } from './seed/claimed-jobs.ts';
import { upload } from './seed/upload.ts';
import { openYard } from './seed/yard.ts';

/** So many in a round at the most: they stay on the disk until the end. */
const IN_A_ROUND = 1;
/** One round to warm up, and five. */
const ROUNDS = 6;

export const benchmark: Benchmark = {
  name: 'An artifact goes up',
  about: `A runner uploads an archive of ${ARCHIVE_BYTES / 1024 / 1024} MiB, one after the other: \`POST /jobs/:id/artifacts\`, a zip of one file in a
form. The floor is a bare node:http server that reads the form with @fastify/busboy, hashes the file with SHA-256, writes
it and syncs it.`,
  async run({ folder, seconds, scale }) {
    const yard = await openYard(folder);
    const bare = await startServer('bench/floors/take-form.ts', [join(folder, 'floor')]);
    try {
      const form = asForm(await makeArchive(ARCHIVE_BYTES * scale));
      const jobs = (await claimJobs(yard, IN_A_ROUND * ROUNDS)).map(({ job }) => job);
      const subject = await uploads('an archive of 200 MiB', yard.server, form, () => jobs.pop());
      const floor = await uploads('bare node:http, busboy, a file', bare, form, () => ({ id: 1, token: '' }));
      const figure = await measure({ ...subject, memory: true }, floor, seconds);
      subject.close();
      floor.close();
      return [figure];
    } finally {
      await bare.stop();
      await yard.close();
    }
  },
};

async function uploads(
  name: string,
  server: ServerProcess,
  form: ReturnType<typeof asForm>,
  nextJob: () => { id: number; token: string } | undefined,
) {
  const connection = await Connection.open(server.url);
  return {
    name,
    stock: IN_A_ROUND,
    pauses: server.pauses,
    once: async () => {
      const job = nextJob();
      if (!job) throw new Error('no job is left');
      await upload(connection, job, form);
    },
    close: () => connection.close(),
  } satisfies Step & { close: unknown };
}
