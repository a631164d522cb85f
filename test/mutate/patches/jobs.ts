import type { Patch } from '../patch.ts';

const states = ['src/jobs/job-state.test.ts'];
const actions = ['src/jobs/job-actions.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a canceling job that succeeds counts as a success',
    file: 'src/jobs/job-state.ts',
    find: "    success: 'canceled',\n    force_cancel",
    replace: "    success: 'success',\n    force_cancel",
    tests: states,
  },
  {
    name: 'a running job can be scheduled',
    file: 'src/jobs/job-state.ts',
    find: "  running: {\n    drop: 'failed',",
    replace: "  running: {\n    schedule: 'scheduled',\n    drop: 'failed',",
    tests: states,
  },
  {
    name: 'a canceled job has no time of its end',
    file: 'src/jobs/job-state.ts',
    find: "canceled: 'finished_at'",
    replace: 'canceled: null',
    tests: states,
  },
  {
    name: 'a job that was retried can be retried again',
    file: 'src/jobs/job-actions.ts',
    find: "ACTIONS[status].retry === 'yes' && !retried",
    replace: "ACTIONS[status].retry === 'yes'",
    tests: actions,
  },
  {
    name: 'a pipeline is deleted with a resource that its job, being canceled, never gives back',
    file: 'src/pipelines/delete-pipeline.ts',
    find: '!isCompleted(status));',
    replace: "!isCompleted(status) && status !== 'canceling');",
    tests: ['test/journeys/resource-groups.test.ts'],
  },
  {
    name: 'canceling is not cut short by force',
    file: 'src/pipelines/cancel-jobs.ts',
    find: 'const canceling = force ?',
    replace: 'const canceling = !force ?',
    tests: ['test/journeys/resource-groups.test.ts'],
  },
  {
    name: 'canceling is cut short without force',
    file: 'src/jobs/job-actions.ts',
    find: "(force && allowance === 'force')",
    replace: "allowance === 'force'",
    tests: actions,
  },
  {
    name: 'a job with nothing left can be erased',
    file: 'src/jobs/job-actions.ts',
    find: "=== 'something_left' && somethingLeft",
    replace: "=== 'something_left'",
    tests: actions,
  },
];
