import { expect, test } from 'vitest';
import { compile } from './compile.ts';

const FILES: Record<string, string> = { 'far.yml': '.far:\n  stage: biuld\n' };

/** Where the first mistake is told, and what it is. */
async function firstMistake(config: string): Promise<string> {
  const file = '.gitlab-ci.yml';
  const fetchFile = async (path: string) => (path === file ? config : (FILES[path] ?? null));
  const result = await compile({ fetchFile, predefined: [], variables: [] });
  if (result.outcome !== 'invalid') return result.outcome;
  return result.problems.map((each) => `${each.file}:${each.line}:${each.column} ${each.message}`)[0] ?? '';
}

test.each([
  ['extends: [.b, .c]\n.b: {image: x}', '3:17 a: unknown keys in `extends` (.c)'],
  ['extends: [.b]\n.b: text', '3:13 a: invalid base hashes in `extends` (.b)'],
  ['stage: biuld', '3:10 a job: chosen stage biuld does not exist'],
  ['needs: [b, {job: c}]\nb: {script: x}', '3:20 a job: undefined need: c'],
  ['needs: [b]\nb: {script: x, stage: deploy}', '3:11 a job: need b is not defined in current or'],
  ['needs: [b, b]\nb: {script: x}', '3:11 a has the following needs duplicated: b.'],
  ['rules: [{when: always}, [{if: $A, needs: [c]}]]', '3:45 a job: undefined need: c'],
  [
    'needs: [{job: b, parallel: {matrix: [{A: 2}]}}]\nb: {script: x, parallel: {matrix: [{A: 1}]}}',
    '3:17 a job: undefined need: b: [2]',
  ],
  [
    'needs: [c, b]\nb: {script: x, stage: deploy, parallel: 2}\nc: {script: x}',
    '3:14 a job: need b 1/2 is not defined in current or',
  ],
  ['dependencies: [c]', '3:18 a job: undefined dependency: c'],
  ['environment: {name: e, on_stop: c}', '3:35 a job: on_stop job c is not defined'],
])('a job whose mistake is %s is told of it where it is', async (more, told) => {
  expect(await firstMistake(`a:\n  script: x\n  ${more}\n`)).toContain(`.gitlab-ci.yml:${told}`);
});

test.each([
  ['["b: [$[[ matrix.A ]]]", "b: [$[[ matrix.Z ]]]"]', '4:35'],
  ['[{job: b, parallel: {matrix: [{B: [1, "$[[ matrix.Z ]]"]}]}}]', '4:48'],
  ['[{project: acme/lib, job: "$[[ matrix.Z ]]", ref: main, artifacts: true}]', '4:36'],
])('so is one of a matrix that asks for a value it has not, by needs: %s', async (needs, place) => {
  const config = `a:\n  script: x\n  parallel: {matrix: [{A: [1]}]}\n  needs: ${needs}\nb: {script: x}\n`;
  expect(await firstMistake(config)).toBe(
    `.gitlab-ci.yml:${place} a job: 'Z' does not exist in matrix configuration`,
  );
});

test('so is a trigger job whose artifact is of no job', async () => {
  const config = 'a:\n  trigger:\n    include: [{artifact: x.yml, job: c}]\n';
  expect(await firstMistake(config)).toBe('.gitlab-ci.yml:3:38 a job: undefined dependency: c');
});

test('the place is in the file that says it', async () => {
  const config = 'include: far.yml\na: {extends: .far, script: x}\n';
  expect(await firstMistake(config)).toMatch(/^far\.yml:2:10 a job: chosen stage biuld/);
});

test('what nobody has written is told at the job', async () => {
  expect(await firstMistake('stages: [build]\na: {script: x}\n')).toMatch(
    /^\.gitlab-ci\.yml:2:1 a job: chosen/,
  );
});
