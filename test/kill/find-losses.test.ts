import { describe, expect, test } from 'vitest';
import { findDisorder, findLosses, type Found } from './find-losses.ts';
import type { Deed } from './ledger.ts';

const DEEDS: Deed[] = [
  { kind: 'pushed', ref: 'one', sha: 'a1' },
  { kind: 'begun', job: 1, runner: 'first' },
  { kind: 'begun', job: 1, runner: 'first' },
  { kind: 'logged', job: 1, log: Buffer.from('hel') },
  { kind: 'logged', job: 1, log: Buffer.from('hello') },
  { kind: 'uploaded', job: 1, sha256: 'f00d' },
  { kind: 'ended', job: 1, status: 'failed' },
  { kind: 'asked', setting: 'description', value: '1' },
  { kind: 'set', setting: 'description', value: '1' },
  { kind: 'asked', setting: 'description', value: '2' },
].map((deed) => ({ at: 0, ...deed }) as Deed);

/** All is well: a push that was not acknowledged is there too, and a setting that nobody heard of. */
const whole = () => ({
  refs: new Map([
    ['one', 'a1'],
    ['two', 'b2'],
  ]),
  pipelines: [
    { id: 1, ref: 'one', sha: 'a1', status: 'failed' },
    { id: 2, ref: 'two', sha: 'b2', status: 'success' },
  ],
  jobs: new Map([
    [1, 'failed'],
    [2, 'success'],
  ]),
  logs: new Map([[1, Buffer.from('hello and more')]]),
  artifacts: new Map([[1, 'f00d']]),
  settings: new Map([['description', '2']]),
});

const reported = (deeds: readonly Deed[], found: Found) => [
  ...findLosses(deeds, found),
  ...findDisorder(deeds, found),
];

describe('what a killed server has lost', () => {
  test('is nothing when all is there', () => {
    expect(reported(DEEDS, whole())).toEqual([]);
  });

  const planted: [what: string, plant: (found: ReturnType<typeof whole>) => void, told: string][] = [
    ['a push', ({ refs }) => refs.set('one', 'a0'), 'the push of a1 to one is lost: there is a0'],
    ['a branch', ({ refs }) => refs.delete('one'), 'the push of a1 to one is lost: there is undefined'],
    ['a job', ({ jobs }) => jobs.delete(1), 'the status failed of job 1 is lost: it is undefined'],
    ['a beginning', ({ jobs }) => jobs.set(1, 'pending'), 'the beginning of job 1 is lost: it is pending'],
    ['a status', ({ jobs }) => jobs.set(1, 'success'), 'the status failed of job 1 is lost: it is success'],
    [
      'the last byte of a log',
      ({ logs }) => logs.set(1, Buffer.from('hell')),
      'the log of job 1 is lost: of 5 bytes there are 4, or others',
    ],
    [
      'a byte within a log',
      ({ logs }) => logs.set(1, Buffer.from('he\0lo')),
      'the log of job 1 is lost: of 5 bytes there are 5, or others',
    ],
    [
      'a log',
      ({ logs }) => logs.delete(1),
      'the log of job 1 is lost: of 5 bytes there are undefined, or others',
    ],
    [
      'an artifact',
      ({ artifacts }) => artifacts.delete(1),
      'the artifact of job 1 is lost: there is undefined',
    ],
    [
      'the bytes of an artifact',
      ({ artifacts }) => artifacts.set(1, 'dead'),
      'the artifact of job 1 is lost: there is dead',
    ],
    [
      'a setting',
      ({ settings }) => settings.set('description', '0'),
      'the setting description is lost: it is 0 instead of 1 or 2',
    ],
    [
      'the pipeline of a push that nobody acknowledged',
      ({ pipelines }) => pipelines.pop(),
      'two at b2 has 0 pipelines instead of one',
    ],
    [
      'that a push makes one pipeline',
      ({ pipelines }) => pipelines.push({ id: 3, ref: 'one', sha: 'a1', status: 'success' }),
      'one at a1 has 2 pipelines instead of one',
    ],
    [
      'the end of a pipeline',
      ({ pipelines }) => pipelines.splice(1, 1, { id: 2, ref: 'two', sha: 'b2', status: 'running' }),
      'pipeline 2 is running',
    ],
    ['the end of a job', ({ jobs }) => jobs.set(2, 'pending'), 'job 2 is pending'],
  ];
  test.each(planted)('is told when it is %s', (_what, plant, told) => {
    const found = whole();
    plant(found);
    expect(reported(DEEDS, found)).toContain(told);
  });

  const deeds: [what: string, deed: Deed, told: string][] = [
    [
      'a second runner has the job',
      { at: 0, kind: 'begun', job: 1, runner: 'second' },
      'job 1 ran twice: by first and second',
    ],
    [
      'a log was shorter for a while',
      { at: 0, kind: 'rewound', job: 1, size: 3, acknowledged: 5 },
      'the log of job 1 had 3 bytes when 5 were acknowledged',
    ],
  ];
  test.each(deeds)('is told when %s', (_what, deed, told) => {
    expect(reported([...DEEDS, deed], whole())).toEqual([told]);
  });
});
