import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Benchmark } from './frame/benchmark.ts';
import { measure } from './frame/measure.ts';
import { largePipeline, openYard } from './seed/yard.ts';

const JOBS = 1000;

export const benchmark: Benchmark = {
  name: 'A pipeline of a thousand jobs',
  about: `\`POST /projects/:id/pipeline\` on SQLite, until it is answered: ${JOBS.toLocaleString('en-US')} jobs of two stages, spread out
by \`parallel:matrix\`, with variables, rules and artifacts; half of them are pending then. The floor writes as many rows
for jobs, for what they are to do, and for the queue, through node:sqlite alone in one COMMIT with synchronous=FULL.`,
  async run({ folder, seconds, scale, progress }) {
    const yard = await openYard(folder);
    try {
      await yard.configure('main', largePipeline(JOBS * scale));
      const jobs = (await yard.jobsOf(await yard.createPipeline('main'))).length;
      progress(`${jobs} jobs in each pipeline`);
      const subject = {
        name: `a pipeline of ${jobs.toLocaleString('en-US')} jobs`,
        pauses: yard.server.pauses,
        memory: true,
        once: () => yard.createPipeline('main'),
      };
      const plain = rowsOnly(join(folder, 'floor.db'), jobs);
      const figure = await measure(subject, plain, seconds * 2);
      plain.close();
      return [figure];
    } finally {
      await yard.close();
    }
  },
};

function rowsOnly(file: string, jobs: number) {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE jobs (id INTEGER PRIMARY KEY, pipeline_id INTEGER, name TEXT, stage TEXT, status TEXT, created_at INTEGER);
    CREATE INDEX jobs_of_pipeline ON jobs (pipeline_id);
    CREATE TABLE job_specs (job_id INTEGER PRIMARY KEY, spec TEXT);
    CREATE TABLE job_queue (job_id INTEGER PRIMARY KEY, since INTEGER)`);
  const job = database.prepare(
    'INSERT INTO jobs (pipeline_id, name, stage, status, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const spec = database.prepare('INSERT INTO job_specs (job_id, spec) VALUES (?, ?)');
  const queue = database.prepare('INSERT INTO job_queue (job_id, since) VALUES (?, ?)');
  let pipeline = 0;
  return {
    name: 'the rows alone, node:sqlite',
    once() {
      pipeline++;
      database.exec('BEGIN');
      for (let index = 0; index < jobs; index++) {
        const { lastInsertRowid } = job.run(pipeline, `job ${index}`, 'build', 'pending', Date.now());
        spec.run(lastInsertRowid, JSON.stringify({ name: `job ${index}`, script: 'x'.repeat(1000) }));
        if (index % 2 === 0) queue.run(lastInsertRowid, Date.now());
      }
      database.exec('COMMIT');
    },
    close: () => database.close(),
  };
}
