import { afterAll, describe, expect, test } from 'vitest';
import { insertRows, text } from '../../bench/seed/insert-rows.ts';
import { databases, type DatabaseKind } from '../../test/support/databases.ts';
import { createProject, START } from '../../test/support/pipelines.ts';
import { createTestDatabase } from '../../test/support/postgres.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { openDatabase } from '../db/dialect.ts';
import { migrate } from '../db/migrate.ts';
import { finishJob } from './finish-job.ts';

/** SQLite has one write lane, so that few are enough to see it kept. */
const PAIRS = { sqlite: 200, postgres: 1000 };
/** Pairs under way together. */
const AT_ONCE = 8;

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Two servers on one database; on SQLite, which only one may have open, the same one twice. */
async function twoServers(kind: DatabaseKind): Promise<[Database, Database]> {
  if (kind === 'sqlite') {
    const db = await openTestDatabase(kind);
    return [db, db];
  }
  const url = await createTestDatabase();
  const servers: [Database, Database] = [await openDatabase('', url), await openDatabase('', url)];
  closing.push(...servers.map((db) => () => db.close()));
  await migrate(servers[0]);
  return servers;
}

/** Pipelines whose jobs `a` and `b` run; every second one has a `last` behind them. Their numbers count from 1. */
async function seedPairs(db: Database, pairs: number): Promise<void> {
  const project = await createProject(db);
  const common = {
    project_id: project.id,
    user_id: project.user_id,
    ref: text('main'),
    tag: 0,
    sha: text('a'.repeat(40)),
    protected: 0,
    created_at: START,
    updated_at: START,
  };
  await db.write(async (tx) => {
    await insertRows(tx, 'pipelines', [1, pairs], {
      ...common,
      id: 'i',
      iid: 'i',
      before_sha: text('0'.repeat(40)),
      source: text('push'),
      stages: text('["first","last"]'),
      status: text('running'),
      started_at: START,
    });
    const job = {
      ...common,
      id: 'i',
      kind: text('build'),
      allow_failure: 0,
      when: text('on_success'),
      scheduling_type: text('stage'),
      tag_list: text('[]'),
    };
    await insertRows(tx, 'jobs', [1, 2 * pairs], {
      ...job,
      pipeline_id: '(i + 1) / 2',
      name: "CASE i % 2 WHEN 1 THEN 'a' ELSE 'b' END",
      stage: text('first'),
      stage_idx: 0,
      status: text('running'),
      started_at: START,
    });
    await insertRows(tx, 'jobs', [2 * pairs + 1, 2 * pairs + pairs / 2], {
      ...job,
      pipeline_id: `(i - ${2 * pairs}) * 2`,
      name: text('last'),
      stage: text('last'),
      stage_idx: 1,
      status: text('created'),
    });
  });
}

describe.each(databases)('on %s', (kind) => {
  test(`of ${PAIRS[kind]} pairs of jobs that finish at the same instant each moves its pipeline on, once`, async () => {
    const pairs = PAIRS[kind];
    const [db, other] = await twoServers(kind);
    await seedPairs(db, pairs);
    const waiting = Array.from({ length: pairs }, (_, index) => index + 1);
    const finishPairs = async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const a = { id: 2 * id - 1, pipeline_id: id };
        const b = { id: 2 * id, pipeline_id: id };
        const ended = await Promise.all([
          finishJob(db, a, { state: 'success' }, START),
          finishJob(other, b, { state: 'success' }, START),
        ]);
        expect(ended.map((job) => job?.status)).toEqual(['success', 'success']);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, finishPairs));
    const pipelines = await db.read.selectFrom('pipelines').select(['id', 'status']).execute();
    // Without a last job it has ended; with one it goes on, with that pending.
    const stuck = pipelines.filter(({ id, status }) => status !== (id % 2 === 0 ? 'running' : 'success'));
    expect(stuck).toEqual([]);
    const last = await db.read.selectFrom('jobs').select('status').where('name', '=', 'last').execute();
    expect(last).toEqual(last.map(() => ({ status: 'pending' })));
    const queue = await db.read.selectFrom('job_queue').select('job_id').execute();
    expect([last.length, queue.length]).toEqual([pairs / 2, pairs / 2]);
  });
});
