import type { Patch } from '../patch.ts';

const cases = ['test/ci-cases.test.ts'];

/** YAML as it is read: scalars, merges, aliases, and where each text stands. */
export const patches: Patch[] = [
  {
    name: 'what !!binary decodes is not looked at',
    file: 'src/ci/compose.ts',
    find: "if (scalar.text.includes('\\0'))",
    replace: "if (raw.includes('\\0'))",
    tests: cases,
  },
  {
    name: 'what is quoted stands behind its quote',
    file: 'src/ci/compose.ts',
    find: 'QUOTED.includes(event.style) ? 1 : 0',
    replace: 'QUOTED.includes(event.style) ? 0 : 0',
    tests: cases,
  },
  {
    name: 'the place of what is filled in is lost',
    file: 'src/ci/origin.ts',
    find: 'return isFilled ? from : from + offset - at;',
    replace: 'return offset;',
    tests: cases,
  },
  {
    name: 'what << brings never replaces what stands before it',
    file: 'src/ci/compose.ts',
    find: '      entries.set(key, entry);\n      parent.merged',
    replace: '      if (!entries.has(key)) entries.set(key, entry);\n      parent.merged',
    tests: cases,
  },
  {
    name: 'of two parts in base 60 the first are minutes',
    file: 'src/ci/yaml-scalar.ts',
    find: 'Number(hours) * 3600 + Number(minutes) * 60',
    replace: 'Number(hours) * 60 + Number(minutes)',
    tests: cases,
  },
  {
    name: 'of several mappings under << the last wins',
    file: 'src/ci/compose.ts',
    find: 'value.items.toReversed()',
    replace: 'value.items',
    tests: cases,
  },
  {
    name: 'half a character goes to the database',
    file: 'src/ci/compose.ts',
    find: 'if (!scalar.text.isWellFormed())',
    replace: 'if (raw.length < 0)',
    tests: ['src/ci/compile.test.ts'],
  },
];
