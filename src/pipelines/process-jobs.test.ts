import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCompleted, JOB_STATUSES, type JobStatus, nextStatus } from '../jobs/job-state.ts';
import { needsStatus, pipelineStatus } from './pipeline-status.ts';
import { type ProcessedJob, processJobs } from './process-jobs.ts';

const job = (id: number, over: Partial<ProcessedJob> = {}): ProcessedJob => ({
  id,
  name: `job ${id}`,
  stage_idx: 1,
  status: 'created',
  when: 'on_success',
  allow_failure: false,
  scheduling_type: 'stage',
  needs: [],
  ...over,
});
const needing = (...ids: number[]) => ({ scheduling_type: 'dag', needs: ids.map((id) => `job ${id}`) });
const events = (jobs: ProcessedJob[]) =>
  Object.fromEntries(processJobs(jobs).map(({ id, event }) => [id, event]));

describe('a job of the first stage', () => {
  test.each([
    ['on_success', 'enqueue'],
    ['always', 'enqueue'],
    ['manual', 'actionize'],
    ['delayed', 'schedule'],
    ['on_failure', 'skip'],
  ])('with when: %s gets %s', (when, event) => {
    expect(events([job(1, { when })])).toEqual({ 1: event });
  });
});

describe('after a first stage that is', () => {
  test.each<[JobStatus, string, string | undefined]>([
    ['success', 'on_success', 'enqueue'],
    ['success', 'on_failure', 'skip'],
    ['success', 'always', 'enqueue'],
    ['success', 'manual', 'actionize'],
    ['failed', 'on_success', 'skip'],
    ['failed', 'on_failure', 'enqueue'],
    ['failed', 'always', 'enqueue'],
    ['failed', 'manual', 'skip'],
    ['skipped', 'on_success', 'enqueue'],
    ['skipped', 'on_failure', 'skip'],
    ['skipped', 'always', 'enqueue'],
    ['canceled', 'on_success', 'skip'],
    ['canceled', 'on_failure', 'skip'],
    ['canceled', 'always', 'skip'],
    ['running', 'always', undefined],
    ['manual', 'always', undefined],
    ['canceling', 'always', undefined],
  ])('%s, a job with when: %s gets %s', (status, when, event) => {
    expect(events([job(1, { status }), job(2, { stage_idx: 2, when })])[2]).toBe(event);
  });
});

test('an optional manual job holds up no later stage, a blocking one does', () => {
  const manual = { status: 'manual' as const, when: 'manual' };
  expect(events([job(1, { ...manual, allow_failure: true }), job(2, { stage_idx: 2 })])).toEqual({
    2: 'enqueue',
  });
  expect(events([job(1, manual), job(2, { stage_idx: 2 })])).toEqual({});
});

test('a failure skips the stages after it, and a last on_failure job runs', () => {
  const jobs = [
    job(1, { status: 'failed' }),
    job(2, { stage_idx: 2 }),
    job(3, { stage_idx: 3 }),
    job(4, { stage_idx: 4, when: 'on_failure' }),
  ];
  expect(events(jobs)).toEqual({ 2: 'skip', 3: 'skip', 4: 'enqueue' });
});

describe('a job with needs', () => {
  test('starts with its needs, whatever else its stage waits for', () => {
    const jobs = [
      job(1, { status: 'success' }),
      job(2, { status: 'running' }),
      job(3, { stage_idx: 2, ...needing(1) }),
    ];
    expect(events(jobs)).toEqual({ 3: 'enqueue' });
  });

  test('without any starts at once', () => {
    expect(events([job(1, { status: 'running' }), job(2, { stage_idx: 5, ...needing() })])).toEqual({
      2: 'enqueue',
    });
  });

  test('is skipped when a need did not run, unless it runs always', () => {
    const skipped = job(1, { status: 'skipped' });
    expect(events([skipped, job(2, needing(1))])).toEqual({ 2: 'skip' });
    expect(events([skipped, job(2, { ...needing(1), when: 'always' })])).toEqual({ 2: 'enqueue' });
  });

  test('passes over an optional need that is not there', () => {
    expect(events([job(2, needing(1))])).toEqual({ 2: 'enqueue' });
  });

  test('is skipped along a chain within one stage, in whatever order the chain is written', () => {
    const jobs = [job(4, needing(3)), job(3, needing(2)), job(2, needing(1)), job(1, { status: 'failed' })];
    expect(events(jobs)).toEqual({ 2: 'skip', 3: 'skip', 4: 'skip' });
  });
});

const pipeline = fc
  .array(
    fc.record({
      stage_idx: fc.integer({ min: 0, max: 4 }),
      status: fc.oneof(
        { weight: 3, arbitrary: fc.constant<JobStatus>('created') },
        fc.constantFrom(...JOB_STATUSES),
      ),
      when: fc.constantFrom('on_success', 'on_failure', 'always', 'manual', 'delayed'),
      allow_failure: fc.boolean(),
      dag: fc.boolean(),
      needs: fc.array(fc.nat(), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((rows) => {
    const sorted = rows.toSorted((a, b) => a.stage_idx - b.stage_idx);
    return sorted.map(({ dag, needs, ...row }, id) => ({
      ...job(id, row),
      ...(dag ? needing(...new Set(needs.filter(() => id > 0).map((need) => need % id))) : {}),
    }));
  });

const apply = (jobs: ProcessedJob[]): ProcessedJob[] => {
  const turns = new Map(processJobs(jobs).map(({ id, event }) => [id, event]));
  return jobs.map((each) => {
    const event = turns.get(each.id);
    return event ? { ...each, status: nextStatus(each.status, event) ?? each.status } : each;
  });
};

const before = (each: ProcessedJob, jobs: ProcessedJob[]) =>
  (each.scheduling_type === 'dag'
    ? needsStatus(jobs.filter(({ name }) => each.needs.includes(name)))
    : pipelineStatus(jobs.filter(({ stage_idx }) => stage_idx < each.stage_idx))) ?? 'success';

test('no job is left created whose predecessors are complete', () => {
  fc.assert(
    fc.property(pipeline, (jobs) => {
      const after = apply(jobs);
      const left = after.filter(({ status }) => status === 'created');
      expect(left.filter((each) => isCompleted(before(each, after)))).toEqual([]);
      expect(processJobs(after)).toEqual([]);
    }),
  );
});

test('only created jobs get a turn, each one, whatever the order of the rows', () => {
  fc.assert(
    fc.property(pipeline, fc.infiniteStream(fc.nat()), (jobs, randoms) => {
      const turns = processJobs(jobs);
      expect(new Set(turns.map(({ id }) => id)).size).toBe(turns.length);
      for (const { id } of turns) expect(jobs[id]?.status).toBe('created');
      const shuffled = jobs
        .map((each) => ({ each, key: randoms.next().value ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ each }) => each);
      expect(events(shuffled)).toEqual(events(jobs));
    }),
  );
});

test('a pipeline whose jobs all end, and whose manual jobs are played, ends', () => {
  const outcomes = fc.infiniteStream(fc.constantFrom<JobStatus>('success', 'failed', 'canceled'));
  fc.assert(
    fc.property(pipeline, outcomes, (jobs, ends) => {
      let current = jobs.map((each) => ({ ...each, status: 'created' as JobStatus }));
      for (let round = 0; round <= jobs.length; round++) {
        current = apply(current).map((each) =>
          ['pending', 'manual', 'scheduled'].includes(each.status)
            ? { ...each, status: ends.next().value ?? 'success' }
            : each,
        );
      }
      expect(current.filter(({ status }) => !isCompleted(status))).toEqual([]);
    }),
  );
});
