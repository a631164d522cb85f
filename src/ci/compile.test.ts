import { expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { CompileResult } from './plan.ts';
import { variable } from './variable.ts';

const compileText = (source: string): Promise<CompileResult> =>
  compile({
    fetchFile: async (path) => (path === '.gitlab-ci.yml' ? source : null),
    predefined: [variable('CI_COMMIT_BRANCH', 'main')],
    variables: [],
  });

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
    'a long text that many jobs extend',
    [
      `.big: {variables: {A: ${'x'.repeat(1_500_000)}}}`,
      ...lines(1000, (at) => `j${at}: {extends: .big, script: x}`),
    ],
  ],
  [
    'a long variable at the root times many jobs',
    [`variables: {A: ${'x'.repeat(1_500_000)}}`, ...lines(1000, (at) => `j${at}: {script: x}`)],
  ],
  [
    'a long script that many jobs inherit',
    [`default: {before_script: [${'x'.repeat(1_500_000)}]}`, ...lines(1000, (at) => `j${at}: {script: x}`)],
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
  const before = process.threadCpuUsage();
  const result = await compileText(source.join('\n'));
  expect(result.problems.map((each) => each.message)).toEqual(['The parsed YAML is too big']);
  const { user, system } = process.threadCpuUsage(before);
  expect(user + system).toBeLessThan(10_000_000);
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
