import { expect, test } from 'vitest';
import { type ActName, attemptAfter, jobAfter } from './after-act.ts';
import type { Attempt, Job } from './queries.ts';

const job = (status: string) =>
  ({ status, erased_at: null, artifacts: [1], artifacts_file: 1, artifacts_expire_at: '' }) as unknown as Job;
const attempt = (status: string) =>
  ({ status, actions: ['retry', 'erase', 'keep_artifacts'] }) as unknown as Attempt;

test.each<[ActName, string, string, string[]]>([
  ['play', 'manual', 'pending', []],
  ['cancel', 'running', 'canceling', []],
  ['cancel', 'pending', 'canceled', []],
  ['force_cancel', 'canceling', 'canceled', []],
  ['retry', 'failed', 'failed', ['retry', 'erase', 'keep_artifacts']],
  ['erase', 'failed', 'failed', ['retry']],
  ['keep_artifacts', 'success', 'success', ['retry', 'erase']],
])('%s of a job that is %s leaves it %s, and what can be done %j', (act, before, after, actions) => {
  expect(jobAfter(job(before), act).status).toBe(after);
  expect(attemptAfter(attempt(before), act)).toEqual({ status: after, actions });
});

test('an erased job has nothing left, and one whose artifacts are kept has no end of them', () => {
  expect(jobAfter(job('failed'), 'erase')).toMatchObject({
    erased_at: expect.any(String) as string,
    artifacts: [],
    artifacts_file: null,
  });
  expect(jobAfter(job('failed'), 'keep_artifacts').artifacts_expire_at).toBeNull();
});
