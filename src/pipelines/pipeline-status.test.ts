import { describe, expect, test } from 'vitest';
import type { JobStatus } from '../jobs/job-state.ts';
import { needsStatus, pipelineStatus } from './pipeline-status.ts';

/** `failed?` is a failed job that is allowed to fail. */
const group = (words: string) =>
  words
    .split(' ')
    .filter(Boolean)
    .map((word) => ({
      status: word.replace('?', '') as JobStatus,
      allow_failure: word.endsWith('?'),
    }));

describe('the status of a pipeline', () => {
  test.each([
    ['', null],
    ['skipped', 'skipped'],
    ['skipped manual?', 'skipped'],
    ['success', 'success'],
    ['success skipped failed? manual?', 'success'],
    ['failed?', 'success'],
    ['canceled?', 'success'],
    ['created created', 'created'],
    ['created failed?', 'created'],
    ['preparing', 'preparing'],
    ['canceled', 'canceled'],
    ['success canceled', 'canceled'],
    ['pending created', 'pending'],
    ['pending skipped', 'pending'],
    ['pending success', 'running'],
    ['running', 'running'],
    ['running failed', 'running'],
    ['running manual', 'running'],
    ['success waiting_for_resource', 'waiting_for_resource'],
    ['success waiting_for_callback', 'waiting_for_callback'],
    ['success manual', 'manual'],
    ['manual', 'manual'],
    ['manual created', 'manual'],
    ['success manual?', 'success'],
    ['success scheduled', 'scheduled'],
    ['success preparing', 'preparing'],
    ['success created', 'running'],
    ['failed created', 'running'],
    ['success canceling', 'canceling'],
    ['canceling created', 'running'],
    ['failed canceled', 'failed'],
    ['failed success', 'failed'],
    ['failed skipped', 'failed'],
    ['failed failed?', 'failed'],
  ])('of [%s] is %s', (words, status) => {
    expect(pipelineStatus(group(words))).toBe(status);
  });
});

describe('the status of what a job needs', () => {
  test.each([
    ['', null],
    ['success', 'success'],
    ['success failed?', 'success'],
    ['success skipped', 'skipped'],
    ['success manual?', 'skipped'],
    ['running skipped', 'skipped'],
    ['success failed', 'failed'],
    ['success running', 'running'],
    ['success canceled', 'canceled'],
  ])('of [%s] is %s', (words, status) => {
    expect(needsStatus(group(words))).toBe(status);
  });
});
