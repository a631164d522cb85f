import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { CompileResult, Plan } from './plan.ts';
import { variable } from './variable.ts';

const compileText = (source: string): Promise<CompileResult> =>
  compile({
    fetchFile: async (path) => (path === '.gitlab-ci.yml' ? source : null),
    predefined: [variable('CI_COMMIT_BRANCH', 'main')],
    variables: [],
  });

/** Words that get past the parser often enough to reach the later passes. */
const WORDS =
  'script|stage|needs|extends|rules|if|when|a|b|.c|variables|default|image|stages|workflow|build|test|.pre|manual|' +
  'never|$A == "x"|$CI_COMMIT_BRANCH|<<|5|null|true|*x|&x [a]|include|local|1:30|artifacts|inherit|services|' +
  'dependencies|job|optional|retry|max|exit_codes|allow_failure|interruptible|delayed|start_in|1 day|coverage|' +
  '/x+/|resource_group|environment|name|url|on_stop|action|stop|trigger|project|branch|strategy|depend|forward|' +
  'artifact|file|auto_cancel|on_new_commit|cache|key|files|prefix|paths|policy|fallback_keys|reports|junit|' +
  'coverage_report|access|public|expose_as|parallel|matrix|2|$[[ matrix.a ]]|!reference [a, script]|!reference [b]|$[[ inputs.a ]]|$[[ inputs.a | truncate(0,1) ]]';
const word = fc.constantFrom(...WORDS.split('|'));
const value: fc.Arbitrary<string> = fc.letrec<{ any: string; list: string; map: string }>((tie) => ({
  any: fc.oneof({ maxDepth: 5, withCrossShrink: true }, word, tie('list'), tie('map')),
  list: fc.array(tie('any'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
  map: fc
    .array(fc.tuple(word, tie('any')), { maxLength: 5 })
    .map((pairs) => `{${pairs.map(([key, item]) => `${key}: ${item}`).join(', ')}}`),
})).map;
const jobsText = fc
  .uniqueArray(fc.tuple(word, word, value), { selector: ([job]) => job, minLength: 1, maxLength: 4 })
  .map((list) => list.map(([job, key, item]) => `${job}: {script: x, ${key}: ${item}}`).join('\n'));

/** Jobs that only differ in what matters for the graph. */
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const graph = fc.uniqueArray(
  fc.record({
    name,
    stage: fc.constantFrom('build', 'test', 'deploy'),
    needs: fc.option(fc.array(fc.record({ job: name, optional: fc.boolean() }), { maxLength: 3 })),
    rules: fc.constantFrom(
      '',
      ', rules: [{if: $CI_COMMIT_BRANCH}]',
      ', rules: [{if: $NO}]',
      ', rules: [{if: $CI_COMMIT_BRANCH, needs: [a]}]',
    ),
    parallel: fc.constantFrom('', '', ', parallel: 2', ', parallel: {matrix: [{A: [x, y]}]}'),
  }),
  { selector: (job) => job.name, minLength: 1, maxLength: 5 },
);

const graphText = graph.map((list) => list.map(asLine).join('\n'));

interface GraphJob {
  name: string;
  stage: string;
  needs: { job: string; optional: boolean }[] | null;
  rules: string;
  parallel: string;
}

function asLine({ name: job, stage, needs, rules, parallel }: GraphJob): string {
  const list = needs?.map((need) => `{job: ${need.job}, optional: ${need.optional}}`).join(', ');
  return `${job}: {script: x, stage: ${stage}${needs ? `, needs: [${list}]` : ''}${rules}${parallel}}`;
}

/** Few, so that the later passes are reached as often as without. */
const HEADERS = ['', '', '', '', '', 'spec: {inputs: {a: {default: "x: [y"}}}\n---\n'];

test('any text ends in a result', async () => {
  const codes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...HEADERS),
      fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), value, jobsText, graphText),
      async (header, text) => {
        const { plan, problems } = await compileText(header + text);
        for (const { code } of problems) codes.add(code);
        expect(plan === null).toBe(problems.length > 0);
      },
    ),
    { numRuns: 4000 },
  );
  expect([...codes]).toEqual(expect.arrayContaining(['syntax', 'entry', 'extends', 'include', 'logic']));
});

test('a plan has no unknown need, no need of a later stage, and no circle', async () => {
  const plans: Plan[] = [];
  await fc.assert(
    fc.asyncProperty(graphText, async (text) => {
      const { plan } = await compileText(text);
      if (plan) plans.push(plan);
      expect(plan ? mistakesOf(plan) : []).toEqual([]);
    }),
    { numRuns: 1000 },
  );
  expect(plans.filter((plan) => plan.jobs.some((job) => job.needs.length > 0)).length).toBeGreaterThan(20);
});

function mistakesOf({ jobs }: Plan): string[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const mistakes: string[] = [];
  for (const job of jobs) {
    for (const need of job.needs) {
      const other = byName.get(need.name);
      if (!other && !need.optional) mistakes.push(`${job.name} needs unknown ${need.name}`);
      if (other && other.stage_idx > job.stage_idx) mistakes.push(`${job.name} needs later ${need.name}`);
    }
  }
  const done = new Set<string>();
  for (let before = -1; before !== done.size;) {
    before = done.size;
    for (const job of jobs) {
      if (job.needs.every((need) => done.has(need.name) || !byName.has(need.name))) done.add(job.name);
    }
  }
  if (done.size < jobs.length) mistakes.push('some jobs wait for each other');
  return mistakes;
}

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at));

test.each([
  [
    'a big parent of many jobs',
    [
      '.big:\n  script: x\n  variables:',
      ...lines(30_000, (at) => `    V${at}: a`),
      ...lines(10_000, (at) => `j${at}: {extends: .big, variables: {A: b}}`),
    ],
  ],
  [
    'a big list shared by many jobs',
    [
      '.big:\n  script:',
      ...lines(30_000, () => '  - a'),
      ...lines(10_000, (at) => `j${at}: {extends: .big}`),
    ],
  ],
  [
    'many variables at the root times many jobs',
    ['variables:', ...lines(30_000, (at) => `  V${at}: a`), ...lines(10_000, (at) => `j${at}: {script: x}`)],
  ],
  [
    'a long input used many times',
    [
      `spec: {inputs: {a: {default: ${'x'.repeat(1_000_000)}}}}\n---`,
      ...lines(1000, (at) => `j${at}: {script: $[[ inputs.a ]]}`),
    ],
  ],
  [
    'a chain of many references',
    [...lines(20_000, (at) => `j${at}: {script: [!reference [j${at + 1}, script]]}`), 'j20000: {script: x}'],
  ],
  [
    'many matrices that need each other',
    lines(2000, (at) => `j${at}: {script: x, parallel: 200, needs: [j${at ^ 1}]}`),
  ],
])('%s ends soon and fills no memory', async (_, source) => {
  const started = performance.now();
  const result = await compileText(source.join('\n'));
  expect(result.problems.map((each) => each.message)).toEqual(['The parsed YAML is too big']);
  expect(performance.now() - started).toBeLessThan(10_000);
});

const referring = (length: number) =>
  [
    ...lines(length, (at) => `.j${at}: { a: !reference [.j${at + 1}, a] }`),
    `.j${length}: { a: x }`,
    'job: { script: x }',
  ].join('\n');

test('a chain of references is followed so far and no further', async () => {
  expect((await compileText(referring(50))).problems).toEqual([]);
  expect((await compileText(referring(250))).problems).toMatchObject([
    { message: 'The parsed YAML is too big' },
  ]);
});

test('a chain of four thousand needs is followed to its end', async () => {
  const chain = lines(4000, (at) => `j${at}: {script: x, needs: [j${at + 1}]}`);
  const result = await compileText([...chain, 'j4000: {script: x}'].join('\n'));
  expect(result.plan?.jobs.length).toBe(4001);
});

const manyBlocks = (blocks: number) =>
  [
    'spec: {inputs: {a: {default: x}}}\n---\nj:\n  script:',
    ...lines(blocks, (at) => `    - $[[ inputs.a | truncate(0,${at + 1}) ]]`),
  ].join('\n');

test('ten thousand different blocks are filled in, one more is refused', async () => {
  expect((await compileText(manyBlocks(10_000))).problems).toEqual([]);
  const { problems } = await compileText(manyBlocks(10_001));
  expect(problems).toMatchObject([{ message: 'too many interpolation blocks', line: 10_005, column: 7 }]);
});

test('an error of fetchFile comes through, it is not taken for a missing file', async () => {
  const broken = compile({
    fetchFile: () => Promise.reject(new Error('disk')),
    predefined: [],
    variables: [],
  });
  await expect(broken).rejects.toThrow('disk');
});

test.each(['"a\\ud800b": { script: x }', 'a: { script: "\\udc00" }', 'a: { script: x, tags: ["\\ud83dx"] }'])(
  'a text with a surrogate that stands alone is refused: %s',
  async (source) => {
    const { outcome, problems } = await compileText(source);
    expect(outcome).toBe('invalid');
    expect(problems.map(({ message }) => message)).toEqual(['A text holds half of a character']);
  },
);

test.each([
  '"a\\0b": { script: x }',
  'a: { script: x, "b\\0": x }',
  'a: { script: "x\\0" }',
  'include: "\\0.yml"',
])('a text with NUL is refused, and not repeated in the complaint: %s', async (source) => {
  const { outcome, problems } = await compileText(source);
  expect(outcome).toBe('invalid');
  expect(problems.map(({ message }) => message)).toEqual(['A text holds the character NUL']);
});
