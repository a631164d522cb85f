import { describe, expect, test } from 'vitest';
import type { PipelineGraph, PipelineJob } from '../../api/schema.ts';
import { acted, pipelineAfter } from './actions.ts';
import { filterJobs, sortingIn, sortingText, sortJobs } from './jobs/sort-jobs.ts';
import { patched } from './queries.ts';
import { summaryOf } from './summary.ts';
import { casesOf, outputText, searchCases, slowest, type TestCase } from './tests/cases.ts';
import { searchDecisions } from './why/search-decisions.ts';

let next = 1;
const job = (name: string, some: Partial<PipelineJob> = {}): PipelineJob => ({
  id: next++,
  kind: 'build',
  name,
  group: name,
  stage: 'test',
  status: 'success',
  when: 'on_success',
  allow_failure: false,
  created_at: '2026-01-01T00:00:00.000Z',
  queued_at: null,
  started_at: null,
  finished_at: null,
  scheduled_at: null,
  erased_at: null,
  queued_duration: null,
  duration: null,
  needs: null,
  attempt: 1,
  retried: false,
  failure_reason: null,
  failure_message: null,
  exit_code: null,
  coverage: null,
  tag_list: [],
  runner: null,
  user: null,
  environment: null,
  downstream_pipeline: null,
  manual_confirmation: null,
  actions: [],
  web_url: '',
  ...some,
});
const names = (some: readonly { name: string }[]) => some.map(({ name }) => name);

const namesBy = (jobs: readonly PipelineJob[], order: string) =>
  names(sortJobs(jobs, ['build', 'test'], sortingIn(order)));
const namesFound = (jobs: readonly PipelineJob[], text: string, status = '') =>
  names(filterJobs(jobs, { text, status }));
const one = (name: string, status: TestCase['status'], execution_time = 0): TestCase => ({
  name,
  status,
  classname: 'basket',
  execution_time,
  system_output: null,
});

describe('the jobs of a table', () => {
  const jobs = [
    job('unit 10', { duration: 3 }),
    job('unit 9', { duration: 30, tag_list: ['linux'] }),
    job('compile', {
      stage: 'build',
      status: 'failed',
      runner: { id: 1, description: 'Big', runner_type: 'instance_type' },
    }),
    job('audit', { status: 'failed', allow_failure: true }),
  ];
  test('stand by stage and name unless sorted; what has no value stands last either way', () => {
    expect(namesBy(jobs, '')).toEqual(['compile', 'audit', 'unit 9', 'unit 10']);
    expect(namesBy(jobs, 'name')).toEqual(['audit', 'compile', 'unit 9', 'unit 10']);
    expect(namesBy(jobs, '-name')).toEqual(['unit 10', 'unit 9', 'compile', 'audit']);
    expect(namesBy(jobs, '-duration')).toEqual(['unit 9', 'unit 10', 'compile', 'audit']);
    expect(namesBy(jobs, 'duration')).toEqual(['unit 10', 'unit 9', 'compile', 'audit']);
  });
  test('are found by all words of their name, stage, runner or tags, and by status', () => {
    expect(namesFound(jobs, 'UNIT 9')).toEqual(['unit 9']);
    expect(namesFound(jobs, 'linux test')).toEqual(['unit 9']);
    expect(namesFound(jobs, 'big')).toEqual(['compile']);
    expect(namesFound(jobs, '', 'failed')).toEqual(['compile']);
    expect(namesFound(jobs, '', 'warning')).toEqual(['audit']);
  });
  test('keep their order in the address, and ignore one that nobody knows', () => {
    expect(sortingText(sortingIn('-duration'))).toBe('-duration');
    expect(sortingIn('nonsense')).toEqual({ column: 'stage', down: false });
  });
});

test('several jobs come to what says most, with the counts of each status', () => {
  const jobs = [job('a'), job('b', { status: 'failed' }), job('c', { status: 'running' }), job('d')];
  expect(summaryOf(jobs)).toEqual({
    status: 'running',
    counts: [
      { status: 'running', count: 1 },
      { status: 'failed', count: 1 },
      { status: 'success', count: 2 },
    ],
  });
  expect(summaryOf([job('a', { status: 'failed', allow_failure: true }), job('b')]).status).toBe('warning');
  expect(summaryOf([]).status).toBe('created');
});

describe('an event', () => {
  const graph = { jobs: [job('a', { status: 'pending' }), job('b')] } as PipelineGraph;
  const [first, second] = graph.jobs;
  test('changes the one job that it tells of, and leaves the others the objects that they were', () => {
    const told = {
      id: first?.id ?? 0,
      status: 'running',
      started_at: '2026-01-01T00:00:05.000Z',
      unknown: 1,
    };
    const { jobs } = patched(graph, 'job', told);
    expect(jobs[0]).toMatchObject({ status: 'running', started_at: told.started_at, name: 'a' });
    expect(jobs[0]).not.toHaveProperty('unknown');
    expect(jobs[1]).toBe(second);
  });
  test('of a job that is not known, or has been replaced, changes nothing', () => {
    expect(patched(graph, 'job', { id: 99_999, status: 'failed' })).toBe(graph);
    expect(patched(graph, 'job', { id: first?.id ?? 0, retried: true, status: 'failed' })).toBe(graph);
  });
});

test('an action shows what will come of it, and offers nothing until the server has said what can be done', () => {
  expect(acted(job('a', { status: 'manual', actions: ['play'] }), 'play')).toMatchObject({
    status: 'pending',
    actions: [],
  });
  expect(acted(job('a', { status: 'running' }), 'cancel').status).toBe('canceling');
  expect(acted(job('a', { status: 'created' }), 'cancel').status).toBe('canceled');
  expect(acted(job('a', { status: 'failed', failure_reason: 'script_failure' }), 'retry')).toMatchObject({
    status: 'pending',
    failure_reason: null,
  });
});

test('an action of a pipeline concerns those of its jobs that it can do something with', () => {
  const graph = {
    pipeline: { status: 'running', name: null },
    actions: ['retry', 'cancel'],
    jobs: [
      job('a', { status: 'failed' }),
      job('b', { status: 'running', actions: ['cancel'] }),
      job('c', { status: 'success' }),
    ],
  } as unknown as PipelineGraph;
  const after = (act: Parameters<typeof pipelineAfter>[1]) => {
    const { pipeline, actions, jobs } = pipelineAfter(graph, act);
    return [pipeline.status, actions, jobs.map(({ status }) => status)];
  };
  expect(after('cancel')).toEqual(['canceling', ['retry'], ['failed', 'canceling', 'success']]);
  expect(after('retry')).toEqual(['pending', ['cancel'], ['pending', 'running', 'success']]);
  expect(pipelineAfter(graph, { name: 'Nightly' }).pipeline.name).toBe('Nightly');
});

describe('the cases of a test report', () => {
  const suites = [
    { name: 'unit', suite_error: null, test_cases: [one('passes', 'success', 2), one('fails', 'failed', 1)] },
    { name: 'e2e', suite_error: null, test_cases: [one('skipped', 'skipped', 9), one('breaks', 'error', 5)] },
  ];
  test('stand with errors and failures first, each with its suite', () => {
    expect(names(casesOf(suites))).toEqual(['breaks', 'fails', 'skipped', 'passes']);
    expect(casesOf(suites)[0]?.suite).toBe('e2e');
  });
  test('are the slowest without what was skipped', () => {
    expect(names(slowest(casesOf(suites), 2))).toEqual(['breaks', 'passes']);
  });
  test('are found by all words', () => {
    expect(names(searchCases(casesOf(suites), 'unit Basket'))).toEqual(['fails', 'passes']);
    expect(searchCases(casesOf(suites), ' ')).toHaveLength(4);
  });
  test('tell their output whatever its form', () => {
    expect(outputText(null)).toBe('');
    expect(outputText('a')).toBe('a');
    expect(outputText({ message: 'a', trace: 'b' })).toBe('message\na\n\ntrace\nb');
  });
});

test('who asks why a job is missing sees those left out first, and the very name before all', () => {
  const jobs = [
    { name: 'deploy', stage: '', included: true },
    { name: 'deploy review', stage: '', included: false },
    { name: 'unit', stage: '', included: false },
  ];
  expect(names(searchDecisions(jobs, '', 'all'))).toEqual(['deploy review', 'unit', 'deploy']);
  expect(names(searchDecisions(jobs, 'Deploy', 'all'))).toEqual(['deploy', 'deploy review']);
  expect(names(searchDecisions(jobs, 'deploy', 'out'))).toEqual(['deploy review']);
  expect(names(searchDecisions(jobs, '', 'in'))).toEqual(['deploy']);
});
