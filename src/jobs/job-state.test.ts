import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  COMPLETED,
  JOB_EVENTS,
  JOB_STATUSES,
  type JobEvent,
  type JobStatus,
  nextStatus,
  sourcesOf,
  TIMESTAMPS,
} from './job-state.ts';
import { printJobStates } from './print-job-states.ts';

/** The transitions as GitLab's users know them, by event; written apart from the table on purpose. */
const EXPECTED: Record<JobEvent, string> = {
  enqueue:
    'created→pending waiting_for_resource→pending preparing→pending waiting_for_callback→pending skipped→pending manual→pending scheduled→pending',
  wait_for_resource:
    'created→waiting_for_resource skipped→waiting_for_resource manual→waiting_for_resource scheduled→waiting_for_resource',
  actionize: 'created→manual',
  schedule: 'created→scheduled',
  unschedule: 'scheduled→manual',
  run: 'pending→running',
  skip: 'created→skipped waiting_for_resource→skipped preparing→skipped pending→skipped running→skipped',
  drop: 'created→failed waiting_for_resource→failed preparing→failed waiting_for_callback→failed pending→failed running→failed canceling→canceled manual→failed scheduled→failed',
  success:
    'created→success waiting_for_resource→success preparing→success waiting_for_callback→success pending→success running→success canceling→canceled',
  cancel:
    'created→canceled waiting_for_resource→canceled preparing→canceled waiting_for_callback→canceled pending→canceled running→canceled manual→canceled scheduled→canceled',
  cancel_gracefully: 'running→canceling',
  force_cancel: 'canceling→canceled',
  process: 'skipped→created manual→created',
  block: 'running→manual',
  reopen: 'success→running failed→running canceled→running skipped→running manual→running',
};

describe('every status meets every event', () => {
  for (const event of JOB_EVENTS) {
    const expected = new Map(EXPECTED[event].split(' ').map((arrow) => arrow.split('→') as [string, string]));
    for (const status of JOB_STATUSES)
      test(`${status} × ${event} is ${expected.get(status) ?? 'impossible'}`, () => {
        expect(nextStatus(status, event)).toBe(expected.get(status) ?? null);
      });
  }
});

test('the sources of an event are the statuses in which it can happen', () => {
  for (const event of JOB_EVENTS)
    expect(
      sourcesOf(event)
        .map(([from, to]) => `${from}→${to}`)
        .join(' '),
    ).toBe(EXPECTED[event]);
});

test('a job whose end has a time is completed, and only skipped jobs end without one', () => {
  const timed = JOB_STATUSES.filter((status) => TIMESTAMPS[status] === 'finished_at');
  expect([...timed, 'skipped'].toSorted()).toEqual(COMPLETED.toSorted());
});

test('every status can be reached from created', () => {
  const reached = new Set<JobStatus>(['created']);
  for (const status of reached)
    for (const event of JOB_EVENTS) {
      const next = nextStatus(status, event);
      if (next !== null) reached.add(next);
    }
  // Nothing has to be prepared here, and nothing calls back.
  const unused = ['preparing', 'waiting_for_callback'];
  expect([...reached, ...unused].toSorted()).toEqual(JOB_STATUSES.toSorted());
});

test('docs/generated/job-states.md is what the tables print', () => {
  const page = readFileSync(new URL('../../docs/generated/job-states.md', import.meta.url), 'utf8');
  expect(page).toBe(printJobStates());
});
