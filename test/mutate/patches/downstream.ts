import type { Patch } from '../patch.ts';

const bridges = ['test/journeys/bridges.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a bridge waits for ever for a pipeline that waits for its own',
    file: 'src/pipelines/follow-upstream.ts',
    find: 'if (isInCircle && ',
    replace: 'if (!isInCircle && known === -1 && ',
    tests: ['test/journeys/needs-pipeline.test.ts'],
  },
  {
    name: 'only bridges that mirror are seen to wait',
    file: 'src/pipelines/upstream-store.ts',
    find: 'await mirrored.union(created).execute()',
    replace: 'await mirrored.execute()',
    tests: ['test/journeys/needs-pipeline.test.ts'],
  },
  {
    name: 'a child is not given its inputs',
    file: 'src/pipelines/child-configuration.ts',
    find: 'JSON.stringify({ include })',
    replace: 'JSON.stringify({ include: include.map(({ inputs: _, ...item }) => item) })',
    tests: ['test/journeys/downstream-push.test.ts'],
  },
  {
    name: 'one way back to the same branch is a loop',
    file: 'src/pipelines/create-downstream.ts',
    find: 'const MAX_RECURRENCES = 2;',
    replace: 'const MAX_RECURRENCES = 1;',
    tests: bridges,
  },
  {
    name: 'a bridge that was stopped in a loop is retried',
    file: 'src/jobs/job-actions.ts',
    find: ' && !failsAgain;',
    replace: ';',
    tests: bridges,
  },
  {
    name: 'one more pipeline a minute is created than the limit says',
    file: 'src/pipelines/create-downstream.ts',
    find: 'now - MINUTE_MS)) >= most;',
    replace: 'now - MINUTE_MS)) > most;',
    tests: bridges,
  },
  {
    name: 'the variables of a pipeline go downstream unasked',
    file: 'src/pipelines/forwarded-variables.ts',
    find: 'if (forward.pipeline_variables)',
    replace: 'if (forward.yaml_variables)',
    tests: ['test/journeys/downstream-push.test.ts'],
  },
  {
    name: 'a pipeline whose creation a crash cuts short never begins',
    file: 'src/pipelines/create-pipeline.ts',
    find: 'await startPipelineLater(tx, stored.id, now);',
    replace: '',
    tests: ['test/journeys/downstream-killed.test.ts'],
  },
  {
    name: 'a job fetches artifacts from any pipeline whose id it knows',
    file: 'src/jobs/cross-dependency-store.ts',
    find: 'one.pipeline !== null && ancestors.includes(Number(one.pipeline))',
    replace: 'one.pipeline !== null && ancestors.length > 0',
    tests: ['test/journeys/needs-elsewhere.test.ts'],
  },
  {
    name: 'artifacts of any project are told to anybody',
    file: 'src/jobs/cross-dependency-store.ts',
    find: " || !(await userMay(db, user, 'read_build', project, now))",
    replace: '',
    tests: ['test/journeys/needs-elsewhere.test.ts'],
  },
  {
    name: 'a job runs without the artifacts that it needs from elsewhere',
    file: 'src/jobs/hand-out.ts',
    find: "  if (handOut.lacksDependency) return 'missing_dependency_failure';\n",
    replace: '',
    tests: ['test/journeys/needs-elsewhere.test.ts'],
  },
  {
    name: 'a bridge mirrors the first pipeline of the other project',
    file: 'src/pipelines/upstream-store.ts',
    find: ".orderBy('id', 'desc')",
    replace: ".orderBy('id', 'asc')",
    tests: ['test/journeys/needs-pipeline.test.ts'],
  },
];
