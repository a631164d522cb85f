import type { Patch } from '../patch.ts';

const cases = ['test/ci-cases.test.ts'];

export const patches: Patch[] = [
  {
    name: 'the last rule that matches decides',
    file: 'src/ci/rules.ts',
    find: 'rules.find((each)',
    replace: 'rules.findLast((each)',
    tests: cases,
  },
  {
    name: 'a rule that says never runs the job',
    file: 'src/ci/rules.ts',
    find: "if (!rule || rule.when === 'never') return null;",
    replace: 'if (!rule) return null;',
    tests: cases,
  },
  {
    name: 'what << brings never replaces what stands before it',
    file: 'src/ci/compose.ts',
    find: '  for (const [key, entry] of merged) entries.set(key, entry);\n}\n\n/** The pairs that',
    replace:
      '  for (const [key, entry] of merged) if (!entries.has(key)) entries.set(key, entry);\n}\n\n/** The pairs that',
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
    name: 'a job needs one of a later stage',
    file: 'src/ci/logic.ts',
    find: 'if (others === undefined || others > own) {',
    replace: 'if (others === undefined) {',
    tests: cases,
  },
  {
    name: 'a job needs itself',
    file: 'src/ci/cycle.ts',
    find: 'graph.get(job.name)?.includes(job.name)',
    replace: 'false && graph.has(job.name)',
    tests: cases,
  },
  {
    name: 'a need that is not there is passed over',
    file: 'src/ci/logic.ts',
    find: 'if (!other) fail(job, `${job.name} job: undefined ${kind}: ${name}`);',
    replace: 'if (!other) return;',
    tests: cases,
  },
];
