import type { Patch } from '../patch.ts';

const [WHAT, RIGHTS] = ['pipeline-configuration', 'configuration-rights'].map(
  (name) => `test/journeys/${name}.test.ts`,
) as [string, string];

/** What a pipeline was made of, and who sees it. */
export const patches: Patch[] = [
  {
    name: 'a configuration is shown to those who may not read the code of the others in it',
    file: 'src/pipelines/keep.ts',
    find: "if ('at' in question) projects.add(question.at.project_id);",
    replace: '',
    tests: [RIGHTS],
  },
  {
    name: 'a configuration of a project that is gone is shown to everybody',
    file: 'src/pipelines/kept-configuration.ts',
    find: 'if (!project || !(await',
    replace: 'if (project && !(await',
    tests: [RIGHTS],
  },
  {
    name: 'a generated configuration is shown to those who may not read the artifacts',
    file: 'src/pipelines/child-configuration.ts',
    find: '    accessibilities.add(archive.accessibility);\n',
    replace: '',
    tests: [RIGHTS],
  },
  {
    name: 'a configuration shows given values to whoever reads the code',
    file: 'src/ci/parse.ts',
    find: 'if (found) given.filledIn.add(found);',
    replace: '',
    tests: [RIGHTS],
  },
  {
    name: 'a bridge gives values to its child that all are told there',
    file: 'src/pipelines/create-downstream.ts',
    find: 'given_holds_values: gives(trigger) && (await mayHoldValues(db, upstream.id))',
    replace: 'given_holds_values: false',
    tests: [RIGHTS],
  },
  {
    name: 'inputs are told to all, whatever stands in them',
    file: 'src/pipelines/kept-configuration.ts',
    find: 'kept.given_holds_values ? { file, inputs: null } : kept',
    replace: 'kept',
    tests: [RIGHTS],
  },
  {
    name: 'an explanation tells expressions with values in them to all',
    file: 'src/pipelines/explanation-draft.ts',
    find: '  expression: null,\n',
    replace: '',
    tests: [RIGHTS],
  },
  {
    name: 'an explanation tells all what an include with rules is given',
    file: 'src/ci/include.ts',
    find: "without(without(item, 'rules'), 'inputs')",
    replace: "without(item, 'rules')",
    tests: [RIGHTS],
  },
  {
    name: 'a configuration is stored in clear',
    file: 'src/pipelines/keep.ts',
    find: 'merged_yaml && encrypt(secretKey, merged_yaml)',
    replace: 'merged_yaml',
    tests: [RIGHTS],
  },
  {
    name: 'a configuration is shown to those who may not read the code',
    file: 'src/api/pipeline-configuration.ts',
    find: "        if (!allowsOnProject('read_code', role, subject)) throw apiError('forbidden');\n",
    replace: '',
    tests: [RIGHTS],
  },
  {
    name: 'a configuration in one is kept however large it is',
    file: 'src/pipelines/configuration-draft.ts',
    find: 'Buffer.byteLength(text) > most',
    replace: 'text.length === 0',
    tests: ['src/pipelines/compiler-thread.test.ts'],
  },
  {
    name: 'what a bridge gives to its child is not kept',
    file: 'src/pipelines/keep.ts',
    find: 'child ? child.inputs : own',
    replace: 'own',
    tests: [WHAT],
  },
];
