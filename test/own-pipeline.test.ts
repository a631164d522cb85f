import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../src/ci/compile.ts';
import { predefinedOf } from './support/predefined-of.ts';

const text = readFileSync(join(import.meta.dirname, '../.gitlab-ci.yml'), 'utf8');
const compiled = (source: string) =>
  compile({
    fetchFile: async (path) => (path === '.gitlab-ci.yml' ? text : null),
    predefined: predefinedOf({ source }),
    variables: [],
  });

test('this repository checks each change: a job for its rules, and two for its tests that wait for nothing', async () => {
  const { plan, problems, warnings } = await compiled('push');
  expect([problems, warnings]).toEqual([[], []]);
  expect(
    plan?.jobs.map(({ name, stage, needs, scheduling_type }) => [name, stage, needs, scheduling_type]),
  ).toEqual([
    ['check', 'check', [], 'stage'],
    ['test 1/2', 'test', [], 'dag'],
    ['test 2/2', 'test', [], 'dag'],
  ]);
});

test('a schedule does not check it again', async () => {
  expect(await compiled('schedule')).toMatchObject({ outcome: 'filtered_by_workflow', plan: null });
});
