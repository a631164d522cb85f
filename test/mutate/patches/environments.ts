import type { Patch } from '../patch.ts';

const groups = ['src/pipelines/resource-groups.test.ts'];
const life = ['test/journeys/deployments.test.ts'];
const end = ['test/journeys/environment-stop.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a job that runs has left its resource',
    file: 'src/jobs/resource-group-store.ts',
    find: 'return job && isHolding(job.status) ? job.id : null;',
    replace: "return job && job.status === 'pending' ? job.id : null;",
    tests: groups,
  },
  {
    name: 'the newest pipeline is the oldest',
    file: 'src/jobs/resource-group-store.ts',
    find: "return waiting.orderBy('pipeline_id', 'desc').orderBy('id');",
    replace: "return waiting.orderBy('pipeline_id').orderBy('id');",
    tests: groups,
  },
  {
    name: 'a resource that is left goes to nobody',
    file: 'src/pipelines/follow-resource-groups.ts',
    find: 'const moved = jobs.filter(({ status }) => !CHANGES_NOTHING.includes(status));',
    replace: "const moved = jobs.filter(({ status }) => status === 'waiting_for_resource');",
    tests: groups,
  },
  {
    name: 'an overtaken deployment runs',
    file: 'src/pipelines/assign-resource.ts',
    find: 'if ((await dropOutdated(tx, [next], now)).length > 0) return false;',
    replace: '',
    tests: life,
  },
  {
    name: 'a job that failed has stopped its environment',
    file: 'src/pipelines/update-environment.ts',
    find: "if (job.status !== 'success') {",
    replace: "if (job.status !== 'success' && spec.action !== 'stop') {",
    tests: end,
  },
  {
    name: 'what was deployed meanwhile counts as stopped',
    file: 'src/pipelines/update-environment.ts',
    find: 'if ((last?.finished_at ?? 0) > (job.started_at ?? ended)) return;',
    replace: '',
    tests: end,
  },
  {
    name: 'a deployment that does not say when it is stopped is never stopped',
    file: 'src/pipelines/update-environment.ts',
    find: 'if (text === null || !isExpiry(fill(text))) return;',
    replace: "text ??= 'never';",
    tests: end,
  },
  {
    name: 'the first job that names an environment says when it is stopped',
    file: 'src/environments/environment-store.ts',
    find: 'those.find((each) => each[key] !== undefined)?.[key];',
    replace: 'those[0]?.[key];',
    tests: end,
  },
  {
    name: 'what was never deployed is never stopped',
    file: 'src/pipelines/job-places.ts',
    find: 'if (created_at === now && auto_stop_at !== null)',
    replace: 'if (created_at !== now && auto_stop_at !== null)',
    tests: end,
  },
  {
    name: 'the retry of a pipeline brings an old deployment back',
    file: 'src/pipelines/retry-pipeline.ts',
    find: 'ended.filter(({ id }) => !overtaken.has(id))',
    replace: 'ended',
    tests: life,
  },
  {
    name: 'a deployment runs on without its pipeline',
    file: 'src/pipelines/delete-pipeline.ts',
    find: '      await abandonDeployments(tx, jobs, now);\n',
    replace: '',
    tests: life,
  },
  {
    name: 'the last deployment can be deleted',
    file: 'src/api/deployments.ts',
    find: 'if ((await lastDeployment(db.read, row.environment_id))?.id === row.id)',
    replace: 'if ((await lastDeployment(db.read, row.environment_id))?.id === row.iid + 1e9)',
    tests: ['test/journeys/environments.test.ts'],
  },
];
