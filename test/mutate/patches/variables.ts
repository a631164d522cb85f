import type { Patch } from '../patch.ts';

const api = ['test/journeys/variables.test.ts'];
const jobs = ['test/journeys/job-variables.test.ts'];

export const patches: Patch[] = [
  {
    name: 'protected variables of a project are given to any ref',
    file: 'src/variables/variable-store.ts',
    find: 'WHERE project_id = ${PROJECT} AND ${VISIBLE}',
    replace: 'WHERE project_id = ${PROJECT}',
    tests: jobs,
  },
  {
    name: 'protected variables of a group are given to any ref',
    file: 'src/variables/variable-store.ts',
    find: 'ON ci_variables.namespace_id = above.id WHERE ${VISIBLE}',
    replace: 'ON ci_variables.namespace_id = above.id',
    tests: jobs,
  },
  {
    name: 'variables of the outer group count more than those of the inner',
    file: 'src/variables/variable-store.ts',
    find: 'b.distance - a.distance || compareScopes(a, b)',
    replace:
      'Number(b.distance > 0) - Number(a.distance > 0) || a.distance - b.distance || compareScopes(a, b)',
    tests: jobs,
  },
  {
    name: 'variables with the more general scope count more',
    file: 'src/ci/stored-variable.ts',
    find: 'said(a) - said(b) ||',
    replace: 'said(b) - said(a) ||',
    tests: jobs,
  },
  {
    name: 'variables with a pattern count as much as those with the whole name',
    file: 'src/ci/stored-variable.ts',
    find: 'Number(isWhole(a)) - Number(isWhole(b)) ||',
    replace: '',
    tests: jobs,
  },
  {
    name: 'variables with a scope are given to jobs without an environment',
    file: 'src/ci/stored-variable.ts',
    find: 'scope === EVERYWHERE || (environment !== null && matchesPattern(scope, environment))',
    replace: 'environment === null || matchesPattern(scope, environment)',
    tests: jobs,
  },
  {
    name: 'variables with a scope are unknown to the rules of their jobs',
    file: 'src/ci/job-variables.ts',
    find: 'this.#given.in(name)',
    replace: 'this.#given.in(null)',
    tests: jobs,
  },
  {
    name: 'variables that dotenv reports set count more than those of the server',
    file: 'src/pipelines/runner-variables.ts',
    find: '    environmentOf(parts),',
    replace:
      '    parts.dotenvVariables.map((row) => variable(row.key, open(row).value, { public: false })),\n    environmentOf(parts),',
    tests: jobs,
  },
  {
    name: 'variables that are masked come to the runner unmasked',
    file: 'src/variables/open-variables.ts',
    find: 'masked: masked === 1',
    replace: 'masked: false',
    tests: jobs,
  },
  {
    name: 'variables that are masked are told in the mistakes of a configuration',
    file: 'src/ci/include-files.ts',
    find: 'const shown = (text: string) => maskValues(text, context.variables);',
    replace: 'const shown = (text: string) => maskValues(text, []);',
    tests: jobs,
  },
  {
    name: 'variables that are masked leave something of longer ones they stand in',
    file: 'src/ci/variable.ts',
    find: 'b.value.length - a.value.length',
    replace: 'a.value.length - b.value.length',
    tests: jobs,
  },
  {
    name: 'variables that are hidden are shown',
    file: 'src/api/entities/variable.ts',
    find: 'value: row.hidden === 1 ? null : decrypt(secretKey, row.value),',
    replace: 'value: decrypt(secretKey, row.value),',
    tests: api,
  },
  {
    name: 'variables that are hidden can be unmasked',
    file: 'src/variables/change-variable.ts',
    find: 'if (before.hidden === 1 && after.masked !== before.masked)',
    replace: 'if (before.hidden === 1 && after.hidden !== before.hidden)',
    tests: api,
  },
  {
    name: 'variables of a group are shown to its maintainers',
    file: 'src/access/permissions.ts',
    find: "admin_group_cicd_variables: from('owner'),",
    replace: "admin_group_cicd_variables: from('maintainer'),",
    tests: api,
  },
  {
    name: 'variables of one key are taken for one another',
    file: 'src/api/variable-calls.ts',
    find: 'if (another)',
    replace: 'if (another && key === filter?.environment_scope)',
    tests: api,
  },
  {
    name: 'variables that are added at once are more than the limit',
    file: 'src/variables/variable-store.ts',
    find: '  await lockOwner(tx, owner);\n',
    replace: '',
    tests: api,
    postgres: true,
  },
  {
    name: 'variables that cannot be masked are accepted when they are changed',
    file: 'src/variables/change-variable.ts',
    find: '    check(after);\n',
    replace: '',
    tests: api,
  },
];
