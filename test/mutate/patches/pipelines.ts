import type { Patch } from '../patch.ts';

const status = ['src/pipelines/pipeline-status.test.ts'];

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
];
