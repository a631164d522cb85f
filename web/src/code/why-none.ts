import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';
import { keys } from '../api/keys.ts';

/** What stands in the configuration for why there is no pipeline: the workflow, or a job that is left out. */
export interface LeftOut {
  /** Null: the pipeline as a whole. */
  job: string | null;
  message: string;
  file: string;
  line: number;
}
interface Place {
  file: string;
  line: number;
}
interface Decided {
  included: boolean;
  reason: string;
  message: string;
  decided_by: Place | null;
  passed_over: readonly Place[];
}
interface Explanation {
  errors: readonly Place[];
  workflow: Decided;
  jobs: readonly (Decided & Place & { name: string })[];
}

/** How a push to the default branch would go now. */
export const pushQuery = (fullPath: string) =>
  queryOptions({
    queryKey: keys.repository(fullPath, 'explained-push'),
    queryFn: () =>
      dataOf(api.POST('/api/v4/projects/{id}/ci/explain', { params: { path: { id: fullPath } }, body: {} })),
  });

/** Why a push makes no pipeline; empty where it makes one, or there is no configuration that could. */
export function whyNone({ errors, workflow, jobs }: Explanation): LeftOut[] {
  if ([workflow, ...jobs].some(({ reason }) => reason === 'undecided' || reason === 'not_asked')) return [];
  if (!workflow.included) {
    const place = workflow.decided_by ?? workflow.passed_over[0] ?? errors[0];
    return [{ job: null, message: workflow.message, file: place?.file ?? '', line: place?.line ?? 0 }];
  }
  if (jobs.some(({ included }) => included)) return [];
  return jobs.map((job) => {
    const { file, line } = job.decided_by ?? job.passed_over[0] ?? job;
    return { job: job.name, message: job.message, file, line };
  });
}
