import { describe, expect, test } from 'vitest';
import { claims, MINUTE, type TestRunner } from '../../test/support/claims.ts';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  createTestRunner,
  planned,
  START,
  startedPipeline,
} from '../../test/support/pipelines.ts';
import { statementsOf } from '../../test/support/plans.ts';
import type { Database } from '../db/database.ts';
import { WaitingRunners } from '../jobs/waiting-runners.ts';
import { updateRunner } from '../runners/runner-store.ts';
import { awaitJob } from './await-job.ts';

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};
const open = (db: Database) =>
  new WaitingRunners(db, (error) => {
    throw error;
  });

describe.each(databases)('a held request, on %s,', async (kind) => {
  const { db } = await claims(kind);

  const patience = { hold: 60_000, acknowledge: MINUTE, lateBy: () => START };
  const held = (
    waiting: WaitingRunners,
    { runner, manager }: TestRunner,
    signal = new AbortController().signal,
  ) => awaitJob(db, waiting, runner, manager, patience, () => START, signal);
  test('is answered when a job comes; one of those that fit, the others wait on', async () => {
    const waiting = open(db);
    const project = await createProject(db, { shared_runners_enabled: 0 });
    const scoped = { runner_type: 'project_type' as const, projects: [project.id] };
    const stranger = held(waiting, await createTestRunner(db));
    const tagged = held(waiting, await createTestRunner(db, { ...scoped, run_untagged: 0 }));
    const first = held(waiting, await createTestRunner(db, scoped));
    const second = held(waiting, await createTestRunner(db, scoped));
    await until(() => waiting.size === 4);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const begun = performance.now();
    await startedPipeline(db, project, [planned('a')]);
    expect((await first)?.job.name).toBe('a');
    // Unwoken it looks again after three seconds.
    expect(performance.now() - begun).toBeLessThan(2000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(waiting.size).toBe(3);
    await startedPipeline(db, project, [planned('b')]);
    expect((await second)?.job.name).toBe('b');
    waiting.close();
    expect(await Promise.all([stranger, tagged])).toEqual([null, null]);
  });

  test('whose runner hangs up passes its job on', async () => {
    const waiting = open(db);
    const project = await createProject(db);
    const call = new AbortController();
    const gone = held(waiting, await createTestRunner(db), call.signal);
    const other = held(waiting, await createTestRunner(db));
    await until(() => waiting.size === 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = startedPipeline(db, project, [planned('a')]);
    call.abort();
    await started;
    const answers = await Promise.all([gone, other]);
    expect(answers.map((each) => each?.job.name)).toEqual([undefined, 'a']);
    waiting.close();
  });

  test.each([
    ['paused', { active: 0 }],
    ['given other tags', { run_untagged: 0, tag_list: '["a"]' }],
    ['given another token', { token_digest: 'another', previous_token_digest: null }],
  ] as const)('whose runner is %s by another server gets no job, and passes it on', async (_, columns) => {
    const waiting = open(db);
    const project = await createProject(db);
    const changed = await createTestRunner(db);
    const first = held(waiting, changed);
    await until(() => waiting.size === 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await db.write((tx) => updateRunner(tx, changed.runner.id, columns));
    const second = held(waiting, await createTestRunner(db));
    await until(() => waiting.size === 2);
    await startedPipeline(db, project, [planned('a')]);
    expect((await second)?.job.name).toBe('a');
    expect(await first).toBeNull();
    waiting.close();
  });

  test('goes on while its runner takes a new token for the one it shows', async () => {
    const waiting = open(db);
    const project = await createProject(db);
    const rotating = await createTestRunner(db);
    const request = held(waiting, rotating);
    await until(() => waiting.size === 1);
    const { id, token_digest } = rotating.runner;
    const columns = { token_digest: `after ${token_digest}`, previous_token_digest: token_digest };
    await db.write((tx) => updateRunner(tx, id, columns));
    await startedPipeline(db, project, [planned('a')]);
    expect((await request)?.job.name).toBe('a');
    waiting.close();
  });

  test('ends with nothing when its time is over', async () => {
    const waiting = open(db);
    const { runner, manager } = await createTestRunner(db);
    const never = new AbortController().signal;
    const short = { hold: 20, acknowledge: MINUTE, lateBy: () => START };
    expect(await awaitJob(db, waiting, runner, manager, short, () => START, never)).toBeNull();
    expect(waiting.size).toBe(0);
    waiting.close();
  });

  test('asks for its runner again when it is woken, and not where that has just been read', async () => {
    const waiting = open(db);
    const project = await createProject(db);
    const asker = await createTestRunner(db);
    // Besides what the claim asks in its transaction.
    const timesAsked = async (ask: () => Promise<unknown>) =>
      (await statementsOf(db, ask)).filter(({ sql }) => sql.includes('"previous_token_digest"')).length;
    const { runner, manager } = asker;
    const never = new AbortController().signal;
    const short = { hold: 20, acknowledge: MINUTE, lateBy: () => START };
    const idle = () => awaitJob(db, waiting, runner, manager, short, () => START, never);
    expect(await timesAsked(idle)).toBe(0);
    await startedPipeline(db, project, [planned('a')]);
    expect(await timesAsked(() => held(waiting, asker))).toBe(0);
    const woken = async () => {
      const request = held(waiting, asker);
      await until(() => waiting.size === 1);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await startedPipeline(db, project, [planned('b')]);
      expect((await request)?.job.name).toBe('b');
    };
    expect(await timesAsked(woken)).toBe(1);
    waiting.close();
  });
});
