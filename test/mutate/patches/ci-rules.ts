import type { Patch } from '../patch.ts';

const cases = ['test/ci-cases.test.ts'];

export const patches: Patch[] = [
  {
    name: 'the last rule that matches decides',
    file: 'src/ci/rules.ts',
    find: 'for (const rule of rules) {',
    replace: 'for (const rule of rules.toReversed()) {',
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
    name: 'the mistake of a rule shows what a masked variable holds',
    file: 'src/ci/rules.ts',
    find: 'new RuleError(maskValues(error.message, variables.list()))',
    replace: 'error',
    tests: cases,
  },
  {
    name: 'one key of only is enough',
    file: 'src/ci/policy.ts',
    find: "if (holds === (keyword === 'except')) return false;",
    replace:
      "if (keyword === 'only' && holds) break;\n      if (holds === (keyword === 'except')) return false;",
    tests: cases,
  },
  {
    name: 'all of except have to hold before a job stays out',
    file: 'src/ci/policy.ts',
    find: "if (holds === (keyword === 'except')) return false;",
    replace:
      "if (keyword === 'except' && !holds) break;\n      if (holds === (keyword === 'except')) return false;",
    tests: cases,
  },
  {
    name: 'only of another project counts here',
    file: 'src/ci/policy.ts',
    find: "if (rest.length > 0 && project !== predefined.get('CI_PROJECT_PATH')) return false;",
    replace: 'void project;',
    tests: cases,
  },
  {
    name: 'a tag is a branch to only',
    file: 'src/ci/policy.ts',
    find: "(isTag ? 'tags' : 'branches')",
    replace: "'branches'",
    tests: cases,
  },
  {
    name: 'a merge request is of the branch that it is from',
    file: 'src/ci/policy.ts',
    find: '  if (isOfMergeRequest(predefined)) return false;\n',
    replace: '',
    tests: cases,
  },
  {
    name: 'of a rule with changes and exists one is enough',
    file: 'src/ci/rules.ts',
    find: "if (!trial.changes.holds) return 'changes';",
    replace: 'if (trial.changes.holds) return null;',
    tests: cases,
  },
  {
    name: 'what is not known to have changed has not',
    file: 'src/ci/file-clauses.ts',
    find: 'if (paths === null) return ASSUMED_UNKNOWN;\n    return regexp',
    replace: 'if (paths === null) return NOTHING;\n    return regexp',
    tests: cases,
  },
  {
    name: 'any number of comparisons is made',
    file: 'src/ci/file-clauses.ts',
    find: '  if (globs.length * paths.length > MAX_PATTERN_COMPARISONS) return ASSUMED_TOO_MANY;\n',
    replace: '',
    tests: cases,
  },
  {
    name: 'two stars at the end of a glob go into folders',
    file: 'src/ci/fnmatch.ts',
    find: "characters.slice(at, at + 3).join('') === '**/'",
    replace: "characters.slice(at, at + 2).join('') === '**'",
    tests: [...cases, 'src/ci/fnmatch.test.ts'],
  },
  {
    name: 'a brace that is not closed is a character',
    file: 'src/ci/fnmatch.ts',
    find: "return from < 0 ? null : 'unclosed';",
    replace: 'return null;',
    tests: ['src/ci/fnmatch.test.ts'],
  },
  {
    name: 'what rules have asked is asked again',
    file: 'src/ci/repository-view.ts',
    find: 'this.#answers.set(key, answer);',
    replace: '',
    tests: cases,
  },
];
