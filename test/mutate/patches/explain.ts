import type { Patch } from '../patch.ts';

/** Why a pipeline has the jobs that it has. */
export const patches: Patch[] = [
  {
    name: 'an explanation tells masked values',
    file: 'src/ci/clause-writer.ts',
    find: "value: masked ? '[MASKED]' : this.shown(value)",
    replace: 'value: this.shown(value)',
    tests: ['src/ci/explain.test.ts'],
  },
  {
    name: 'an explanation tells masked values that stand in others',
    file: 'src/ci/clause-writer.ts',
    find: 'this.#masked.length > 0 ? maskValues(text, this.#masked) : text',
    replace: 'text',
    tests: ['src/ci/explain.test.ts'],
  },
  {
    name: 'an explanation tells the files of other projects',
    file: 'src/ci/clause-writer.ts',
    find: 'rule.exists?.project === null ? exists : withoutPaths(exists)',
    replace: 'exists',
    tests: ['src/ci/explain.test.ts'],
  },
  {
    name: 'an explanation takes as much room as there is',
    file: 'src/ci/clause-writer.ts',
    find: '    this.#left -= sizeOf(clause);\n',
    replace: '',
    tests: ['src/ci/explain.test.ts'],
  },
  {
    name: 'the rule that decides is told as the one before it',
    file: 'src/ci/explainer.ts',
    find: 'this.#writer.write(last, trials.length, at, variables)',
    replace: 'this.#writer.write(last, trials.length - 1, at, variables)',
    tests: ['src/ci/explain.test.ts'],
  },
  {
    name: 'a rule that matches and says never is told as none',
    file: 'src/ci/explainer.ts',
    find: "last.failed === null ? 'never' : 'no_rule_matched'",
    replace: "last.failed === null ? 'no_rule_matched' : 'never'",
    tests: ['src/ci/explain.test.ts'],
  },
  {
    name: 'given values are shown to whoever reads the code',
    file: 'src/pipelines/explanation-draft.ts',
    find: "source === 'given' ||",
    replace: '',
    tests: ['test/journeys/explain.test.ts'],
  },
  {
    name: 'given values are stored in clear with an explanation',
    file: 'src/pipelines/create-pipeline.ts',
    find: 'full: full && encrypt(secret_key, full)',
    replace: 'full',
    tests: ['test/journeys/explain.test.ts'],
  },
  {
    name: 'a pipeline that failed of its configuration keeps no explanation',
    file: 'src/pipelines/create-pipeline.ts',
    find: "      yaml_errors: messages.join(', '),\n      explanation,\n",
    replace: "      yaml_errors: messages.join(', '),\n",
    tests: ['test/journeys/explain.test.ts'],
  },
  {
    name: 'explain tells anybody what only the pipeline knows',
    file: 'src/pipelines/trial-input.ts',
    find: 'mayStart ? known : { ...known, stored: [] }',
    replace: 'known',
    tests: ['test/journeys/explain.test.ts', 'test/journeys/lint.test.ts'],
  },
  {
    name: 'an explanation is shown to those who may not read the code',
    file: 'src/api/explain.ts',
    find: "        if (!allowsOnProject('read_code', role, subject)) throw apiError('forbidden');\n",
    replace: '',
    tests: ['test/journeys/explain.test.ts'],
  },
];
