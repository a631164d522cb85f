import { api } from '../../api/client.ts';
import { type Foreseen, foreseen } from '../../api/foreseen.ts';
import type { PipelineGraph, PipelineJob } from '../../api/schema.ts';
import { statusAfter } from '../../api/status-after.ts';
import { useAction } from '../../ui/use-action.ts';
import { graphQuery } from './queries.ts';

export type JobAction = 'play' | 'retry' | 'cancel' | 'force_cancel';
export const JOB_ACTIONS: readonly { action: JobAction; label: string }[] = [
  { action: 'play', label: 'Play' },
  { action: 'retry', label: 'Retry' },
  { action: 'cancel', label: 'Cancel' },
  { action: 'force_cancel', label: 'Force cancel' },
];

/** What is to be done with a job, and where it is. */
export interface Act {
  fullPath: string;
  pipeline: number;
  job: PipelineJob;
  action: JobAction;
}

/** Does something with a job of any pipeline that is shown. */
export function useJobActions(): (what: Act) => void {
  return useAction({
    act: ({ fullPath, job, action }: Act) => sendJobAction(fullPath, job.id, action),
    foresee: ({ fullPath, pipeline, job: { id }, action }) => [
      foreseen(graphQuery(fullPath, pipeline).queryKey, (graph) =>
        withJobs(graph, action, (job) => job.id === id),
      ),
    ],
    stale: ({ fullPath, pipeline }) => [graphQuery(fullPath, pipeline).queryKey],
  }).run;
}

/** What is done with a whole pipeline; `name`: it is given another. */
export type PipelineAct = 'retry' | 'cancel' | { name: string };

/** Does something with a whole pipeline. */
export function usePipelineActions(fullPath: string, id: number): (act: PipelineAct) => void {
  const { queryKey } = graphQuery(fullPath, id);
  const params = { path: { id: fullPath, pipeline_id: id } };
  return useAction({
    act: (act: PipelineAct): Promise<unknown> => {
      if (act === 'retry') return api.POST('/api/v4/projects/{id}/pipelines/{pipeline_id}/retry', { params });
      if (act === 'cancel')
        return api.POST('/api/v4/projects/{id}/pipelines/{pipeline_id}/cancel', { params });
      return api.PUT('/api/v4/projects/{id}/pipelines/{pipeline_id}/metadata', { params, body: act });
    },
    foresee: (act): Foreseen[] => [foreseen(queryKey, (graph) => pipelineAfter(graph, act))],
    stale: () => [queryKey],
  }).run;
}

export const deletePipeline = (fullPath: string, pipeline_id: number) =>
  api.DELETE('/api/v4/projects/{id}/pipelines/{pipeline_id}', {
    params: { path: { id: fullPath, pipeline_id } },
  });

const RETRIED = new Set(['failed', 'canceled']);

/** The pipeline and its jobs as they will most likely be. */
export function pipelineAfter(graph: PipelineGraph, act: PipelineAct): PipelineGraph {
  const { pipeline } = graph;
  if (typeof act === 'object') return { ...graph, pipeline: { ...pipeline, ...act } };
  const concerns = ({ status, actions }: PipelineJob) =>
    act === 'retry' ? RETRIED.has(status) : actions.includes('cancel');
  return {
    ...withJobs(graph, act, concerns),
    pipeline: { ...pipeline, status: statusAfter(pipeline.status, act) },
    actions: graph.actions.filter((each) => each !== act),
  };
}

const withJobs = (
  graph: PipelineGraph,
  action: JobAction,
  concerns: (job: PipelineJob) => boolean,
): PipelineGraph => ({
  ...graph,
  jobs: graph.jobs.map((job) => (concerns(job) ? acted(job, action) : job)),
});

/**
 * The job as it will most likely be; what can be done with it then, the server says. A retry makes another job, which stands
 * in its place here, whatever its number.
 */
export const acted = (job: PipelineJob, action: JobAction): PipelineJob => ({
  ...job,
  status: statusAfter(job.status, action),
  ...((action === 'play' || action === 'retry') && { failure_reason: null, failure_message: null }),
  actions: [],
});

async function sendJobAction(fullPath: string, job_id: number, action: JobAction): Promise<unknown> {
  const params = { path: { id: fullPath, job_id } };
  if (action === 'play') return await api.POST('/api/v4/projects/{id}/jobs/{job_id}/play', { params });
  if (action === 'retry') return await api.POST('/api/v4/projects/{id}/jobs/{job_id}/retry', { params });
  const body = action === 'force_cancel' ? { force: true } : undefined;
  return await api.POST('/api/v4/projects/{id}/jobs/{job_id}/cancel', { params, body });
}
