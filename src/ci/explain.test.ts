import { expect, test } from 'vitest';
import { compileExplained } from './explain.ts';
import type { JobDecision } from './explanation.ts';
import type { CompileInput } from './plan.ts';
import { variable } from './variable.ts';

const explained = async (source: string, given: Partial<CompileInput> = {}) => {
  const files: Record<string, string> = { '.gitlab-ci.yml': source };
  const { explanation } = await compileExplained({
    fetchFile: async (path) => files[path] ?? null,
    predefined: [variable('CI_COMMIT_BRANCH', 'main'), variable('CI_COMMIT_REF_NAME', 'main')],
    variables: [],
    ...given,
  });
  const jobs = Object.fromEntries(explanation.jobs.map((job) => [job.name, job]));
  return { ...explanation, job: (name: string) => jobs[name] as JobDecision };
};
const read = (clause: { variables: { key: string }[] } | null) => clause?.variables.map(({ key }) => key);
const changed = (paths: string | null) => async () => ({ paths });

test('a job is in by the first rule that matches, after those that do not, each with its place and what it read', async () => {
  const { job } = await explained(`
variables: { KIND: nightly }
build:
  script: make
  rules:
    - if: $KIND == "release"
    - if: $CI_COMMIT_BRANCH == "main" && $NONE == null
      when: manual
    - when: always
`);
  expect(job('build')).toMatchObject({
    included: true,
    when: 'manual',
    reason: 'rule',
    message: 'rule 2 matches',
    file: '.gitlab-ci.yml',
    line: 3,
    decided_by: {
      number: 2,
      file: '.gitlab-ci.yml',
      line: 7,
      column: 7,
      holds: true,
      expression: '$CI_COMMIT_BRANCH == "main" && $NONE == null',
      variables: [
        { key: 'CI_COMMIT_BRANCH', value: 'main', source: 'predefined' },
        { key: 'NONE', value: null, defined: false, source: null },
      ],
    },
    passed_over: [
      {
        number: 1,
        line: 6,
        failed: 'if',
        holds: false,
        variables: [{ key: 'KIND', value: 'nightly', source: 'configuration' }],
      },
    ],
  });
});

test('what is read behind ! and in parentheses is told as well', async () => {
  const { job } = await explained(`
variables: { A: a, B: b }
a: { script: x, rules: [{ if: '!$A' }, { if: '$NONE || !($B == "c" && !$C)' }] }
`);
  const { decided_by, passed_over } = job('a');
  expect([read(passed_over[0] ?? null), read(decided_by)]).toEqual([['A'], ['NONE', 'B', 'C']]);
});

test('a job is out for what its rules say', async () => {
  const { job, jobs } = await explained(`
never: { script: a, rules: [{ if: $CI_COMMIT_BRANCH, when: never }, { when: always }] }
none: { script: a, rules: [{ if: $NONE }, { if: $OTHER }] }
empty: { script: a, rules: [] }
in: { script: a, rules: [{ when: always }] }
`);
  expect(job('never')).toMatchObject({
    included: false,
    when: null,
    reason: 'never',
    decided_by: { line: 2 },
  });
  expect(job('none')).toMatchObject({ included: false, reason: 'no_rule_matched', decided_by: null });
  expect(job('none').passed_over.map(({ number, failed }) => [number, failed])).toEqual([
    [1, 'if'],
    [2, 'if'],
  ]);
  expect(job('empty')).toMatchObject({ included: false, reason: 'no_rule_matched', passed_over: [] });
  expect(jobs.map(({ name, included }) => [name, included])).toEqual([
    ['never', false],
    ['none', false],
    ['empty', false],
    ['in', true],
  ]);
});

test('the paths that match are told, and where nobody knows them, that', async () => {
  const source = `
docs: { script: a, rules: [{ changes: [docs/*] }] }
code: { script: a, rules: [{ changes: ["*.c"] }] }
here: { script: a, rules: [{ exists: [Makefile] }] }
`;
  const known = await explained(source, {
    lookUp: async ({ kind }) => ({ paths: kind === 'files' ? 'Makefile\0a.c\0' : 'docs/a\0docs/b\0x\0' }),
  });
  expect(known.job('docs').decided_by?.changes).toEqual({ paths: ['docs/a', 'docs/b'], assumed: null });
  expect(known.job('code').passed_over).toMatchObject([{ failed: 'changes', changes: { paths: [] } }]);
  expect(known.job('here').decided_by?.exists).toEqual({ paths: ['Makefile'], assumed: null });
  const unknown = await explained(source, { lookUp: changed(null) });
  expect(unknown.job('code').decided_by?.changes).toEqual({ paths: [], assumed: 'unknown' });
});

test('files of another project are looked for, and not told', async () => {
  const { job } = await explained('a: { script: a, rules: [{ exists: { paths: ["*.c"], project: x/y } }] }', {
    lookUp: changed('secret.c\0'),
  });
  expect(job('a')).toMatchObject({ reason: 'rule', decided_by: { exists: { paths: [], assumed: null } } });
});

test('only and except tell which of their keys decided', async () => {
  const { job } = await explained(`
plain: { script: a }
tags: { script: a, only: [tags] }
not: { script: a, except: { variables: [$CI_COMMIT_BRANCH == "main"], refs: [tags] } }
both: { script: a, only: { refs: [main], variables: [$CI_COMMIT_BRANCH, $NONE] } }
`);
  expect(job('plain')).toMatchObject({
    reason: 'only_except',
    message: 'without rules it is in every pipeline of a branch or tag',
    decided_by: { keyword: 'only', line: 2 },
  });
  expect(job('tags')).toMatchObject({
    reason: 'only',
    message: 'only:refs does not hold',
    decided_by: { key: 'refs', expression: 'tags', holds: false, line: 3, column: 26 },
  });
  expect(job('not')).toMatchObject({
    reason: 'except',
    decided_by: {
      key: 'variables',
      holds: true,
      line: 4,
      column: 29,
      variables: [{ key: 'CI_COMMIT_BRANCH', value: 'main' }],
    },
    passed_over: [
      { keyword: 'only', key: 'refs', expression: 'branches, tags', holds: true },
      { keyword: 'except', key: 'refs', holds: false },
    ],
  });
  expect(job('both')).toMatchObject({
    included: true,
    reason: 'only_except',
    message: 'only and except let it in',
    decided_by: { expression: '$CI_COMMIT_BRANCH || $NONE' },
  });
});

test('workflow tells why there is no pipeline, and each job that it is that', async () => {
  const { workflow, valid, errors, job } = await explained(`
workflow:
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
      when: never
a: { script: a }
`);
  expect([valid, errors.length]).toEqual([false, 1]);
  expect(workflow).toMatchObject({ included: false, reason: 'never', decided_by: { line: 4, column: 7 } });
  expect(job('a')).toMatchObject({ included: false, reason: 'workflow' });
});

test('an include that its rules leave out is among them', async () => {
  const { includes } = await explained(
    'include: [{ local: a.yml, rules: [{ if: $NONE }] }]\na: { script: a }',
  );
  expect(includes).toMatchObject([
    {
      location: '{"local":"a.yml"}',
      line: 1,
      included: false,
      reason: 'no_rule_matched',
      passed_over: [{ number: 1, failed: 'if', variables: [{ key: 'NONE', defined: false }] }],
    },
  ]);
});

test('a job that is missing where another needs it tells why, be the need optional or not', async () => {
  const source = `
a: { script: a, rules: [{ if: $NONE }] }
b: { script: b, needs: [{ job: a, optional: true }] }
`;
  const optional = await explained(source);
  expect(optional).toMatchObject({ valid: true });
  expect(optional.job('b').dropped_needs).toEqual(['a']);
  const required = await explained(source.replace('true', 'false'));
  expect(required).toMatchObject({ valid: false, errors: [{ line: 3 }] });
  expect(required.job('a')).toMatchObject({ included: false, reason: 'no_rule_matched' });
});

test('what parallel does not make is told', async () => {
  const { jobs } = await explained(`
a: { script: a, parallel: { matrix: [] } }
b: { script: b, parallel: { matrix: [{ X: [1, 1] }] } }
`);
  expect(jobs.map(({ name, included, reason }) => [name, included, reason])).toEqual([
    ['b: [1]', true, 'only_except'],
    ['a', false, 'empty_parallel'],
    ['b: [1]', false, 'same_name'],
  ]);
});

test('a rule that cannot be decided is the one that is told', async () => {
  const { job, valid } = await explained(
    'a: { script: a, rules: [{ if: $NONE }, { changes: { paths: [a], compare_to: gone } }] }',
    { lookUp: async () => ({ unknown: 'ref' }) },
  );
  expect(valid).toBe(false);
  expect(job('a')).toMatchObject({
    reason: 'undecided',
    message: 'rules:changes:compare_to is not a valid ref',
    decided_by: { number: 2 },
  });
});

test('no masked value is told, be it the whole of a variable or a piece of another', async () => {
  const secret = variable('TOKEN', 'hunter2-hunter2', { masked: true });
  const { job, ...explanation } = await explained(
    'a: { script: a, rules: [{ if: $TOKEN == "x" || $URL }] }',
    { variables: [secret, variable('URL', 'https://hunter2-hunter2@host')] },
  );
  expect(job('a').decided_by?.variables).toMatchObject([
    { key: 'TOKEN', value: '[MASKED]', masked: true, source: 'given' },
    { key: 'URL', value: expect.stringMatching(/^https:\/\/\[MASKED\]x*@host$/) as string },
  ]);
  expect(JSON.stringify(explanation)).not.toContain('hunter2');
});

test('few lines with a long variable and many jobs do not fill the memory', async () => {
  const { jobs, abridged } = await explained(
    `a: { script: a, parallel: 200, rules: [${'{ if: $LONG == "x" || $LONG == "y" }, '.repeat(200)}{ if: $LONG }] }`,
    { variables: [variable('LONG', 'x'.repeat(100_000))] },
  );
  expect(jobs).toHaveLength(200);
  expect(abridged).toBe(true);
  expect(jobs.every(({ decided_by }) => decided_by?.line === 1)).toBe(true);
  expect(JSON.stringify(jobs).length).toBeLessThan(8_000_000);
});

test('a place in a template is told from one in a file of that name', async () => {
  const { job } = await explained('include: { template: Bash.gitlab-ci.yml }', {
    ask: async () => 'scan: { script: a, rules: [{ if: $NONE }] }' as never,
  });
  expect(job('scan')).toMatchObject({
    file: 'template:Bash.gitlab-ci.yml',
    passed_over: [{ file: 'template:Bash.gitlab-ci.yml', line: 1 }],
  });
});

test('a configuration that cannot be read has no jobs to tell of', async () => {
  const { valid, errors, jobs, workflow } = await explained('a: [');
  expect([valid, jobs, workflow.reason]).toEqual([false, [], 'not_asked']);
  expect(errors).toMatchObject([{ file: '.gitlab-ci.yml' }]);
});
