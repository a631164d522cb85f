import type { Patch } from '../patch.ts';

const status = ['src/pipelines/pipeline-status.test.ts'];
const turns = ['src/pipelines/process-jobs.test.ts'];
const changes = ['src/jobs/change-job.test.ts'];
const claims = ['src/pipelines/claim-job.test.ts'];
const lives = ['src/pipelines/pipeline-life.test.ts'];

export const patches: Patch[] = [
  {
    name: 'an allowed failure fails the pipeline',
    file: 'src/pipelines/pipeline-status.ts',
    find: "if (status === 'failed' || status === 'canceled') return 'warning';",
    replace: "if (status === 'canceled') return 'warning';",
    tests: status,
  },
  {
    name: 'a job that waits for a person hides one that runs',
    file: 'src/pipelines/pipeline-status.ts',
    find: "  { any: ['running', 'pending'], is: 'running' },",
    replace: "  { any: ['manual'], is: 'manual' },\n  { any: ['running', 'pending'], is: 'running' },",
    tests: status,
  },
  {
    name: 'needs that were skipped count as met',
    file: 'src/pipelines/pipeline-status.ts',
    find: "if (NOT_RUN.some((status) => occurring.has(status))) return 'skipped';",
    replace: '',
    tests: status,
  },
  {
    name: 'jobs side by side count twice in the duration of their pipeline',
    file: 'src/pipelines/pipeline-duration.ts',
    find: 'Math.max(started_at, end)',
    replace: 'started_at',
    tests: ['src/pipelines/pipeline-duration.test.ts'],
  },
  {
    name: 'a job begins by itself that waits for a person',
    file: 'src/pipelines/process-jobs.ts',
    find: "  if (job.when === 'manual') return 'actionize';\n",
    replace: '',
    tests: turns,
  },
  {
    name: 'a job for failures begins after a success',
    file: 'src/pipelines/process-jobs.ts',
    find: "on_failure: ['failed'],",
    replace: "on_failure: ['failed', 'success'],",
    tests: turns,
  },
  {
    name: 'a stage begins while the one before it runs',
    file: 'src/pipelines/process-jobs.ts',
    find: 'if (!isCompleted(before)) return true;',
    replace: "if (!isCompleted(before) && before !== 'running') return true;",
    tests: turns,
  },
  {
    name: 'a skipped job makes no other one due',
    file: 'src/pipelines/process-jobs.ts',
    find: "        status.set(job.id, nextStatus('created', event) ?? 'created');\n",
    replace: '',
    tests: turns,
  },
  {
    name: 'a job changes from any status',
    file: 'src/jobs/change-job.ts',
    find: "    .where('status', 'in', sources)\n",
    replace: '',
    tests: changes,
  },
  {
    name: 'a job that is enqueued stands in no queue',
    file: 'src/jobs/change-job.ts',
    find: "if (target === 'pending') {",
    replace: "if (target === 'pending' && now < 0) {",
    tests: changes,
  },
  {
    name: 'a job fetches the artifacts of its own stage',
    file: 'src/jobs/dependencies.ts',
    find: 'job.stage_idx < consumer.stage_idx',
    replace: 'job.stage_idx <= consumer.stage_idx',
    tests: ['src/jobs/dependencies.test.ts'],
  },
  {
    name: 'two jobs that end at once may both see the other running',
    file: 'src/pipelines/process-store.ts',
    find: 'return forUpdate(tx, query);',
    replace: 'return query;',
    tests: lives,
    postgres: true,
  },
  {
    name: 'two runners are given one job',
    file: 'src/db/dialect.ts',
    find: 'return (of === undefined ? query.forUpdate() : query.forUpdate(of)).skipLocked();',
    replace: 'return of === undefined ? query.forUpdate().skipLocked() : query;',
    tests: claims,
    postgres: true,
  },
  {
    name: 'a job that was offered to a runner stays in the queue',
    file: 'src/pipelines/claim-job.ts',
    find: '  await leaveQueue(tx, [job_id]);\n',
    replace: '',
    tests: claims,
  },
  {
    name: 'a job whose runner did not acknowledge it goes to nobody else',
    file: 'src/pipelines/claim-job.ts',
    find: '    await enterQueue(',
    replace: '    if (now < 0) await enterQueue(',
    tests: claims,
  },
  {
    name: 'an offer is acknowledged after its time',
    file: 'src/jobs/hand-out-store.ts',
    find: "    .where('acknowledge_until', '>', now);\n  return (await forUpdate",
    replace: "    .where('acknowledge_until', '>', 0);\n  return (await forUpdate",
    tests: claims,
  },
  {
    name: 'a job of a blocked user is handed out',
    file: 'src/jobs/hand-out.ts',
    find: "if (handOut.user_state === 'blocked') return 'user_blocked';",
    replace: '',
    tests: claims,
  },
  {
    name: 'a runner takes jobs of which it lacks one tag',
    file: 'src/jobs/match-runner.ts',
    find: 'missing.length > 0 ?',
    replace: 'missing.length > 1 ?',
    tests: claims,
  },
  {
    name: 'a runner for protected refs takes any job',
    file: 'src/jobs/match-runner.ts',
    find: "runner.access_level === 'ref_protected' &&",
    replace: "runner.access_level === 'protected' &&",
    tests: claims,
  },
  {
    name: 'a job that was retried stands beside the new one',
    file: 'src/jobs/job-clone-store.ts',
    find: '.set({ retried: 1 })',
    replace: '.set({ retried: 0 })',
    tests: lives,
  },
  {
    name: 'what was skipped because of a job stays so when that is retried',
    file: 'src/pipelines/enqueue-clone.ts',
    find: '  await resetSkipped(tx, job.pipeline_id, [job], now, options.user_id);\n',
    replace: '',
    tests: lives,
  },
];
