import { expect, test } from 'vitest';
import { compile } from './compile.ts';

/** Whoever goes back in such a text for each of its pieces takes minutes. */
const MANY = 600_000;
async function messages(text: string, inputs: Record<string, unknown> = {}): Promise<string[]> {
  const given = { predefined: [], variables: [], inputs };
  const { problems } = await compile({ fetchFile: async () => text, ...given });
  return problems.map(({ message }) => message);
}
const header = 'spec: { inputs: { a: { default: x } } }\n---\n';
const job = 'job: { script: $[[ inputs.a ]] }\n';

test('blocks that begin and do not end are text, however many', async () => {
  expect(await messages(`${header}# ${'$[['.repeat(MANY)}.\n${job}`)).toEqual([]);
  expect(await messages(`${header}${'# $[[.\n'.repeat(MANY / 4)}${job}`)).toEqual([]);
  expect(await messages(`${header}# $[[${' '.repeat(MANY)}.\n${job}`)).toEqual([]);
});

test('slashes within the path of a project are its own, however many', async () => {
  const path = `a${'/'.repeat(MANY)}b`;
  expect(await messages(`include: { project: /${path}/, file: a.yml }\n`)).toEqual([
    expect.stringContaining(`Project \`${path}\` not found`),
  ]);
});

test('a number of a million digits is one', async () => {
  const numbers = `{ A: ${'9'.repeat(MANY)}, B: 0x${'f'.repeat(MANY)} }`;
  expect(await messages(`job: { script: x, variables: ${numbers} }\n`)).toEqual([]);
});

test('an input that nests without end is no value', async () => {
  const list = JSON.parse('['.repeat(MANY) + ']'.repeat(MANY)) as unknown;
  expect(await messages(`${header}${job}`, { a: list })).toEqual(['The parsed YAML is too big']);
});

test('what goes on at any column over many lines is read', async () => {
  const rest = `.text: x${'\r\n'.repeat(MANY / 4)}.quoted: "q${' \n'.repeat(MANY / 4)}"\njob: { script: x }\n`;
  expect(await messages(`${'.list: [a,\n]\n'.repeat(MANY / 100)}${rest}`)).toEqual([]);
  expect(await messages(`.list: [\n${'a b,\n'.repeat(MANY / 100)}]\n${rest}`)).toEqual([]);
});
