import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from './parse.ts';
import { toYaml } from './to-yaml.ts';
import type { YamlNode } from './yaml-node.ts';

const limits = { max_yaml_size_bytes: 1_000_000, max_yaml_depth: 100 };
const read = (source: string) =>
  parse(source, '.gitlab-ci.yml', limits, {
    inputs: null,
    variables: [],
    filledIn: new Set(),
    includeInputs: async () => [],
    repeated: [],
  });
/** All that a reader can tell of a value; where it is written does not matter. */
function told(node: YamlNode): unknown {
  if (node.kind === 'scalar') return [node.value, node.text];
  if (node.kind === 'sequence') return node.items.map(told);
  return [...node.entries].map(([key, entry]) => [key, entry.key.value, told(entry.value)]);
}

test('is laid out as Ruby lays it out', async () => {
  const source = `build: {script: [make, 'echo "a: b"'], variables: {A: "1", B: 2, C: 'yes', D: yes}, rules: []}
test:
  script: |
    one
      two
`;
  expect(toYaml(await read(source))).toBe(`---
build:
  script:
  - make
  - 'echo "a: b"'
  variables:
    A: '1'
    B: 2
    C: 'yes'
    D: true
  rules: []
test:
  script: |
    one
      two
`);
});

const TEXTS = `'' "yes" "0755" "1:30" "1_000" ":a" "<<" "~" "null" "2024-01-01" ".5" "a\\nb" "a\\n" "\\n" "#" "!x"
"&a" "*a" "\\t" "\\u00e9" "\\ud83d\\ude00" "\\u2028" "---" "..." "@a" "%a" "{a}" "\\u0060a\\u0060" "\\u0020a" "a\\u0020"
"a\\u0020#b" "-\\u0020a" "a:\\u0020b"`;
const OTHERS = 'yes 0755 1:30 1.0 1e3 .inf -0 12345678901234567890 ~ :symbol 0x1f';

test.each([...TEXTS.split(/\s+/), ...OTHERS.split(' ')])('%s is read as what it was', async (value) => {
  const source = `a: ${value}\nb: [${value}]\nc: {d: ${value}}\n`;
  expect(told(await read(toYaml(await read(source))))).toEqual(told(await read(source)));
});

test('a key that looks like a merge stays a key', async () => {
  const source = 'a: &a [{b: c}]\nd:\n  <<: *a\ne:\n  !!str <<: {b: c}\n';
  expect(told(await read(toYaml(await read(source))))).toEqual(told(await read(source)));
});

test('any text is read as what it was, as a key too', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => value.isWellFormed());
  await fc.assert(
    fc.asyncProperty(text, text, async (key, value) => {
      const source = `${JSON.stringify(`k${key}`)}: ${JSON.stringify(value)}`;
      expect(told(await read(toYaml(await read(source))))).toEqual(told(await read(source)));
    }),
    { numRuns: 500 },
  );
});
