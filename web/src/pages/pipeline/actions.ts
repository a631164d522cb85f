import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { PipelineGraph, PipelineJob } from '../../api/schema.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { fetchSoon } from './queries.ts';

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

type Optimistically = (
  fullPath: string,
  id: number,
  change: (graph: PipelineGraph) => PipelineGraph,
  act: () => Promise<unknown>,
) => Promise<void>;

/** Shows at once what will come of an action, and takes it back, with the server's words, when it is refused. */
function useOptimistically(): Optimistically {
  const client = useQueryClient();
  const toasts = useToasts();
  return useCallback<Optimistically>(
    async (fullPath, id, change, act) => {
      const queryKey = keys.graph(fullPath, id);
      await client.cancelQueries({ queryKey, exact: true });
      const before = client.getQueryData<PipelineGraph>(queryKey);
      client.setQueryData<PipelineGraph>(queryKey, (graph) => graph && change(graph));
      try {
        await act();
      } catch (error) {
        client.setQueryData(queryKey, before);
        toasts.problem(error);
      }
      void fetchSoon(client, queryKey);
    },
    [client, toasts],
  );
}

/** Does something with a job of any pipeline that is shown. */
export function useJobActions(): (what: Act) => Promise<void> {
  const optimistically = useOptimistically();
  return useCallback(
    ({ fullPath, pipeline, job, action }) => {
      const change = (graph: PipelineGraph): PipelineGraph => ({
        ...graph,
        jobs: graph.jobs.map((each) => (each.id === job.id ? acted(each, action) : each)),
      });
      return optimistically(fullPath, pipeline, change, () => sendJobAction(fullPath, job.id, action));
    },
    [optimistically],
  );
}

/** The actions of a whole pipeline. */
export function usePipelineActions(fullPath: string, id: number) {
  const client = useQueryClient();
  const optimistically = useOptimistically();
  const params = { path: { id: fullPath, pipeline_id: id } };
  return {
    retry: () =>
      optimistically(
        fullPath,
        id,
        (graph) => withJobs(graph, 'retry', ({ status }) => status === 'failed' || status === 'canceled'),
        () => api.POST('/api/v4/projects/{id}/pipelines/{pipeline_id}/retry', { params }),
      ),
    cancel: () =>
      optimistically(
        fullPath,
        id,
        (graph) => withJobs(graph, 'cancel', ({ actions }) => actions.includes('cancel')),
        () => api.POST('/api/v4/projects/{id}/pipelines/{pipeline_id}/cancel', { params }),
      ),
    rename: async (name: string) => {
      await api.PUT('/api/v4/projects/{id}/pipelines/{pipeline_id}/metadata', { params, body: { name } });
      void fetchSoon(client, keys.graph(fullPath, id));
    },
    remove: () => api.DELETE('/api/v4/projects/{id}/pipelines/{pipeline_id}', { params }),
  };
}

function withJobs(
  graph: PipelineGraph,
  action: 'retry' | 'cancel',
  concerns: (job: PipelineJob) => boolean,
): PipelineGraph {
  return {
    ...graph,
    actions: graph.actions.filter((each) => each !== action),
    jobs: graph.jobs.map((job) => (concerns(job) ? acted(job, action) : job)),
  };
}

/** The job as it will most likely be; what can be done with it then, the server says. */
export function acted(job: PipelineJob, action: JobAction): PipelineJob {
  if (action === 'play' || action === 'retry')
    return { ...job, status: 'pending', failure_reason: null, failure_message: null, actions: [] };
  return { ...job, status: job.status === 'running' ? 'canceling' : 'canceled', actions: [] };
}

async function sendJobAction(fullPath: string, job_id: number, action: JobAction): Promise<unknown> {
  const params = { path: { id: fullPath, job_id } };
  if (action === 'play') return await api.POST('/api/v4/projects/{id}/jobs/{job_id}/play', { params });
  if (action === 'retry') return await api.POST('/api/v4/projects/{id}/jobs/{job_id}/retry', { params });
  const body = action === 'force_cancel' ? { force: true } : undefined;
  return await api.POST('/api/v4/projects/{id}/jobs/{job_id}/cancel', { params, body });
}
