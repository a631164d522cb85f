import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { type Told, useEvents } from '../../api/live.ts';
import type { PipelineGraph, PipelineJob } from '../../api/schema.ts';
import { fetchSoon } from './fetch-soon.ts';

export const graphQuery = (fullPath: string, id: number) =>
  queryOptions({
    queryKey: keys.graph(fullPath, id),
    queryFn: async ({ signal }): Promise<PipelineGraph> => {
      const path = '/api/v4/projects/{id}/pipelines/{pipeline_id}/graph';
      const params = { path: { id: fullPath, pipeline_id: id } };
      return atRest((await dataOf(api.GET(path, { params, signal }))) as PipelineGraph);
    },
  });

/** Without durations that go on: whoever shows one counts from its beginning, and nothing is drawn anew for them. */
function atRest(graph: PipelineGraph): PipelineGraph {
  const jobs = graph.jobs.map((job) => ({
    ...job,
    queued_duration: (job.started_at ?? job.finished_at) ? job.queued_duration : null,
    duration: job.finished_at ? job.duration : null,
  }));
  return { ...graph, jobs };
}

/** Keeps the pipelines that are shown as events tell: statuses at once, the rest when there is time to fetch. */
export function useFollowGraphs(fullPath: string): void {
  const client = useQueryClient();
  const listener = useCallback(
    (type: string, told: Told) => {
      const id = type === 'pipeline' ? told.id : told.pipeline_id;
      if (id === undefined) return;
      const queryKey = keys.graph(fullPath, id);
      if (client.getQueryState(queryKey) === undefined) return;
      client.setQueryData<PipelineGraph>(queryKey, (graph) => graph && patched(graph, type, told));
      void fetchSoon(client, queryKey);
    },
    [client, fullPath],
  );
  useEvents(listener);
}

export function patched(graph: PipelineGraph, type: string, told: Told): PipelineGraph {
  if (type === 'pipeline') return { ...graph, pipeline: withTold(graph.pipeline, told) };
  const index = graph.jobs.findIndex(({ id }) => id === told.id);
  const job = graph.jobs[index];
  if (job === undefined || told.retried === true) return graph;
  return { ...graph, jobs: graph.jobs.with(index, withDurations(withTold(job, told))) };
}

/** The fields that both have, as they are told. */
function withTold<T extends object>(known: T, told: Told): T {
  const common = Object.entries(told).filter(([field]) => field in known);
  return { ...known, ...Object.fromEntries(common) };
}

function withDurations(job: PipelineJob): PipelineJob {
  const { queued_at, started_at, finished_at } = job;
  return {
    ...job,
    queued_duration: secondsBetween(queued_at, started_at ?? finished_at),
    duration: secondsBetween(started_at, finished_at),
  };
}
const secondsBetween = (from: string | null, to: string | null) =>
  from === null || to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
