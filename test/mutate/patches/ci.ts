import type { Patch } from '../patch.ts';

const cases = ['test/ci-cases.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a duration has no end',
    file: 'src/ci/duration.ts',
    find: ' && total <= LONGEST_SECONDS',
    replace: '',
    tests: ['src/ci/duration.test.ts'],
  },
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
  {
    name: 'a rule that lets a job fail keeps its exit codes',
    file: 'src/ci/plan-jobs.ts',
    find: 'outcome.allow_failure === null ? job.allow_failure_exit_codes : []',
    replace: 'job.allow_failure_exit_codes',
    tests: cases,
  },
  {
    name: 'the needs of a rule are passed over',
    file: 'src/ci/plan-jobs.ts',
    find: 'outcome.needs ?? job.needs ?? []',
    replace: 'job.needs ?? []',
    tests: cases,
  },
  {
    name: 'the needs of rules may make jobs wait for each other',
    file: 'src/ci/plan-jobs.ts',
    find: 'problems.push(...cycleOfRules(config.jobs, jobs))',
    replace: 'cycleOfRules(config.jobs, jobs)',
    tests: cases,
  },
  {
    name: 'the first key of a matrix varies fastest',
    file: 'src/ci/parallel.ts',
    find: 'combinations.flatMap((each) => values.map((value) => new Map([...each, [key, value]])))',
    replace: 'values.flatMap((value) => combinations.map((each) => new Map([...each, [key, value]])))',
    tests: cases,
  },
  {
    name: 'the own variables of a job override those of its matrix',
    file: 'src/ci/parallel.ts',
    find: 'mergeVariables(job.variables, own)',
    replace: 'mergeVariables(own, job.variables)',
    tests: cases,
  },
  {
    name: 'the order of its files changes the key of a cache',
    file: 'src/ci/cache-key.ts',
    find: 'found.toSorted()',
    replace: 'found',
    tests: cases,
  },
  {
    name: 'the job that stops an environment may be of another',
    file: 'src/ci/logic.ts',
    find: 'if (other.environment.name !== environment.name)',
    replace: 'if (other.environment.name === null)',
    tests: cases,
  },
  {
    name: 'a retry after exit codes is one after every failure',
    file: 'src/ci/entries/retry.ts',
    find: 'if (retry.exit_codes.length > 0) retry.when = [];',
    replace: 'if (retry.exit_codes.length < 0) retry.when = [];',
    tests: cases,
  },
];
