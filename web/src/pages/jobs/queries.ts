import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { type Filters, queryOf, type Tab } from './filters.ts';

export type Job = Awaited<ReturnType<typeof readJobs>>['jobs'][number];

/** A page of the project's jobs, newest first; `older` is where the next one begins. */
export const jobsQuery = (fullPath: string, tab: Tab, filters: Filters) =>
  queryOptions({
    queryKey: keys.jobs(fullPath, 'list', queryOf(tab.scope, filters)),
    queryFn: () => readJobs(fullPath, tab, filters),
    placeholderData: keepPreviousData,
  });

async function readJobs(fullPath: string, tab: Tab, filters: Filters) {
  const { data = [], response } = await api.GET('/api/v4/projects/{id}/jobs', {
    params: { path: { id: fullPath }, query: { ...queryOf(tab.scope, filters), with_actions: true } },
  });
  const hasOlder = response.headers.get('link')?.includes('rel="next"') === true;
  const jobs = data as Extract<(typeof data)[number], { actions: unknown }>[];
  return { jobs, older: hasOlder ? (data.at(-1)?.id ?? null) : null };
}

const target = (fullPath: string, id: number) => ({ params: { path: { id: fullPath, job_id: id } } });

export const retryJob = (fullPath: string, id: number) =>
  api.POST('/api/v4/projects/{id}/jobs/{job_id}/retry', { ...target(fullPath, id), body: {} });

export const cancelJob = (fullPath: string, id: number) =>
  api.POST('/api/v4/projects/{id}/jobs/{job_id}/cancel', { ...target(fullPath, id), body: {} });

export const playJob = (fullPath: string, id: number) =>
  api.POST('/api/v4/projects/{id}/jobs/{job_id}/play', { ...target(fullPath, id), body: {} });
