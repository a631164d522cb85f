import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, pageOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { PipelineJob } from '../../api/schema.ts';

export type Job = Awaited<ReturnType<typeof fetchJob>>;
export type Attempt = PipelineJob;
export interface Variable {
  key: string;
  value: string;
}

const of = (fullPath: string, id: number) => ({ path: { id: fullPath, job_id: id } });

const fetchJob = (fullPath: string, id: number) =>
  dataOf(api.GET('/api/v4/projects/{id}/jobs/{job_id}', { params: of(fullPath, id) }));

export const jobQuery = (fullPath: string, id: number) =>
  queryOptions({
    queryKey: keys.job(fullPath, id),
    queryFn: () => fetchJob(fullPath, id),
  });

/** All jobs of the name in the pipeline, the newest first. Whatever happens in the pipeline may add one. */
export const attemptsQuery = (fullPath: string, pipelineId: number, id: number) =>
  queryOptions({
    queryKey: keys.pipeline(fullPath, pipelineId, 'attempts', id),
    queryFn: () =>
      dataOf(api.GET('/api/v4/projects/{id}/jobs/{job_id}/attempts', { params: of(fullPath, id) })),
  });

/** Why it is pending: any job that is taken, and any runner that comes or goes, may change that. */
export const queueQuery = (fullPath: string, id: number) =>
  queryOptions({
    queryKey: keys.jobs(fullPath, 'queue', id),
    queryFn: () => dataOf(api.GET('/api/v4/projects/{id}/jobs/{job_id}/queue', { params: of(fullPath, id) })),
  });

/** What was set by hand when the job was played or retried. */
export const variablesQuery = (fullPath: string, id: number) =>
  queryOptions({
    queryKey: keys.job(fullPath, id, 'variables'),
    queryFn: (): Promise<Variable[]> =>
      dataOf(api.GET('/api/v4/projects/{id}/jobs/{job_id}/variables', { params: of(fullPath, id) })),
  });

/** The latest jobs of a stage, by id. */
export const stageQuery = (fullPath: string, pipelineId: number, stage: string) =>
  queryOptions({
    queryKey: keys.pipeline(fullPath, pipelineId, 'stage', stage),
    queryFn: async () => {
      const query = { stage, per_page: 100 };
      const path = { id: fullPath, pipeline_id: pipelineId };
      const params = { path, query };
      const jobs = await dataOf(api.GET('/api/v4/projects/{id}/pipelines/{pipeline_id}/jobs', { params }));
      return jobs.toSorted((a, b) => a.id - b.id);
    },
  });

export const treeQuery = (fullPath: string, id: number, path: string) =>
  infiniteQueryOptions({
    queryKey: keys.job(fullPath, id, 'tree', path),
    queryFn: ({ pageParam }) =>
      pageOf(
        api.GET('/api/v4/projects/{id}/jobs/{job_id}/artifacts/tree', {
          params: { ...of(fullPath, id), query: { path, page: pageParam, per_page: 100 } },
        }),
      ),
    initialPageParam: 1,
    getNextPageParam: (page) => page.next ?? undefined,
    retry: false,
  });

/** Addresses of the API that a browser opens by itself. */
const jobAddress = (fullPath: string, id: number) =>
  `/api/v4/projects/${encodeURIComponent(fullPath)}/jobs/${id}`;
export const archiveAddress = (fullPath: string, id: number, type?: string) =>
  `${jobAddress(fullPath, id)}/artifacts${type === undefined ? '' : `?file_type=${type}`}`;
export const artifactAddress = (fullPath: string, id: number, path: string) =>
  `${jobAddress(fullPath, id)}/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`;
