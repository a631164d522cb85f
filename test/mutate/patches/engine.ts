import type { Patch } from '../patch.ts';

const followed = ['src/pipelines/follow-changes.test.ts'];
const bridges = ['test/journeys/bridge-actions.test.ts'];
const redundant = ['src/pipelines/cancel-redundant.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a canceled bridge comes back while its pipeline ends',
    file: 'src/pipelines/bridge-status.ts',
    find: "status === 'canceled' ? isRestarted(bridge, pipeline) : ",
    replace: '',
    tests: bridges,
  },
  {
    name: 'a retry of its pipeline leaves a bridge canceled',
    file: 'src/pipelines/retry-pipeline.ts',
    find: '      await noteRestarted(tx, pipelineId, now);\n',
    replace: '',
    tests: bridges,
  },
  {
    name: 'a bridge waits for a deleted pipeline',
    file: 'src/pipelines/sync-bridge.ts',
    find: "if (bridge) await dropJob(db, bridge, 'unknown_failure', now, ['running']);",
    replace: '',
    tests: bridges,
  },
  {
    name: 'two jobs that finish together each see the other running',
    file: 'src/pipelines/process-store.ts',
    find: 'return forUpdate(tx, query);',
    replace: 'return query;',
    tests: ['src/pipelines/finish-together.test.ts'],
    postgres: true,
  },
  {
    name: 'a job is run again once more than its retry says',
    file: 'src/pipelines/retry-failures.ts',
    find: 'job.retries_count >= retriesAfter(retry, job)',
    replace: 'job.retries_count > retriesAfter(retry, job)',
    tests: followed,
  },
  {
    name: 'a job whose dependency is missing is run again for nothing',
    file: 'src/pipelines/retry-failures.ts',
    find: "  'missing_dependency_failure',\n",
    replace: '',
    tests: ['src/pipelines/retry-failures.test.ts'],
  },
  {
    name: 'a failure that was allowed for its exit code is allowed in the next try too',
    file: 'src/jobs/job-clone-store.ts',
    find: 'exit_code !== null',
    replace: 'exit_code === 0',
    tests: followed,
  },
  {
    name: 'a delay has no end',
    file: 'src/pipelines/schedule-delayed.ts',
    find: '      await addWork(tx, { kind: ENQUEUE_SCHEDULED, key, due_at });\n',
    replace: '',
    tests: followed,
  },
  {
    name: 'a delayed job runs however late it is',
    file: 'src/pipelines/enqueue-scheduled.ts',
    find: 'else if (elapsed(present.scheduled_at) > stale)',
    replace: 'else if (elapsed(present.scheduled_at) === stale)',
    tests: followed,
  },
  {
    name: 'a failure that will be tried again ends the other jobs',
    file: 'src/pipelines/cancel-on-failure.ts',
    find: 'failed.some((job) => job.retried === 0)',
    replace: 'failed.length > 0',
    tests: followed,
  },
  {
    name: 'a deployment that has begun is canceled for a newer pipeline',
    file: 'src/pipelines/cancel-redundant.ts',
    find: "mode === 'conservative' && (await hasBegunForGood(tx, id))",
    replace: "mode === 'none' && (await hasBegunForGood(tx, id))",
    tests: redundant,
  },
  {
    name: 'a pipeline is canceled for another one of its own commit',
    file: 'src/pipelines/cancel-redundant.ts',
    find: 'older.sha !== newer.sha && ',
    replace: '',
    tests: redundant,
  },
  {
    name: 'coverage is the first number of a log instead of the last',
    file: 'src/jobs/coverage.ts',
    find: 'while (matcher.find())',
    replace: 'if (matcher.find())',
    tests: ['src/jobs/coverage.test.ts'],
  },
  {
    name: 'an archived job is retried',
    file: 'src/jobs/job-actions.ts',
    find: '!retried && !archived && !failsAgain;',
    replace: '!retried && !failsAgain;',
    tests: ['src/jobs/job-actions.test.ts'],
  },
  {
    name: 'a push that fails is tried every few seconds for ever',
    file: 'src/pipelines/push-store.ts',
    find: 'BACK_OFF_MS * 2 ** (attempts - 1)',
    replace: 'BACK_OFF_MS',
    tests: ['src/pipelines/mend-pushes.test.ts'],
  },
  {
    name: 'stamps of lines are taken for what the job has written',
    file: 'src/jobs/coverage.ts',
    find: 'if (!STAMP.test(beginningOf(log))) return',
    replace: 'if (log.size > 0) return',
    tests: ['src/jobs/coverage.test.ts'],
  },
  {
    name: 'all clones have what stands of the first one',
    file: 'src/jobs/job-clone-store.ts',
    find: '[id, inserted.get(name) ?? 0]',
    replace: '[id, inserted.get(jobs[0]?.name ?? name) ?? 0]',
    tests: ['src/jobs/job-clone-store.test.ts'],
  },
];
