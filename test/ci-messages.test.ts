import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { caseNames, readCase } from './support/ci-case.ts';

const CI = join(import.meta.dirname, '../src/ci');

/** What is said in tests of their own, since a case of it would be large. */
const ELSEWHERE = new Map([
  ['A text holds half of a character', 'src/ci/compile.test.ts'],
  ['too many interpolation blocks', 'src/ci/compile.test.ts'],
]);

/** Files that tell no mistakes: the names of units, why a job is in or out, and what a shell is told. */
const OTHER_FILES = new Set(['duration.ts', 'explanation.ts', 'release-script.ts', 'sentence.ts']);

/** Texts of several words that are never said. */
const NO_MESSAGES = new Set([
  // What the parser says, and is told in other words.
  'nesting exceeded',
  'bad indentation of a mapping entry',
  // A key of what was looked up.
  'commit of \0',
]);

type Node = { [key: string]: unknown; type: string };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;

/** Texts in the source, with NUL for what is put in. Lists of words that are split are no texts. */
function textsOf(node: Node): string[] {
  if (node.type === 'ImportDeclaration') return [];
  const callee = node['callee'];
  if (node.type === 'CallExpression' && isNode(callee) && isNode(callee['property'])) {
    if (callee['property']['name'] === 'split') return [];
  }
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? [node['value']] : [];
  const below = Object.values(node)
    .flat()
    .filter(isNode)
    .flatMap((child) => textsOf(child));
  if (node.type !== 'TemplateLiteral') return below;
  const quasis = node['quasis'] as { value: { cooked: string } }[];
  return [quasis.map(({ value }) => value.cooked).join('\0'), ...below];
}

/** Every keyword that the description of the language names. */
const KEYWORDS = new Set(
  [...readFileSync(join(CI, '../../docs/ci-language.md'), 'utf8').matchAll(/`([^` ]+)`/g)].flatMap(
    ([, code = '']) => code.match(/\w+/g) ?? [],
  ),
);

const isListOfKeywords = (text: string) => text.split(' ').every((word) => KEYWORDS.has(word));

/** What has two words that follow each other, or a word and what is put in, looks like something that is said. */
const isSaid = (text: string) => /[a-z,':`\0] [a-z`'\0]/i.test(text) && /[a-z]{2}/.test(text);

test('all that the compiler can say is said in a case', () => {
  const said = caseNames
    .flatMap((name) => {
      const { problems = [], warnings = [], lint_warnings = [] } = readCase(name).expected;
      return [...problems, ...warnings, ...lint_warnings];
    })
    .join('\n')
    .toLowerCase();
  const files = readdirSync(CI, { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !OTHER_FILES.has(file))
    .flatMap((file) =>
      textsOf(parseAst(readFileSync(join(CI, file), 'utf8'), { lang: 'ts' }) as unknown as Node),
    )
    .filter((text) => isSaid(text) && !NO_MESSAGES.has(text) && !isListOfKeywords(text));
  expect(texts.length).toBeGreaterThan(200);
  const unsaid = texts.filter((text) => {
    const file = ELSEWHERE.get(text);
    if (file !== undefined)
      return !readFileSync(join(import.meta.dirname, '..', file), 'utf8').includes(text);
    const parts = text.toLowerCase().split('\0').map(RegExp.escape);
    return !new RegExp(parts.join('.*')).test(said);
  });
  expect(unsaid.map((text) => text.replaceAll('\0', '…'))).toEqual([]);
});
