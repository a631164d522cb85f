import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import type { Case } from './cases.ts';

export const summaryQuery = (fullPath: string, pipeline_id: number) =>
  queryOptions({
    queryKey: keys.pipeline(fullPath, pipeline_id, 'test-summary'),
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/pipelines/{pipeline_id}/test_report_summary', {
          params: { path: { id: fullPath, pipeline_id } },
        }),
      ),
  });

/** The whole report, which may be many megabytes: fetched anew only when the summary says that it is another. */
export const reportQuery = (fullPath: string, pipeline_id: number, total: object) =>
  queryOptions({
    queryKey: ['project', fullPath, 'test-report', pipeline_id, total],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v4/projects/{id}/pipelines/{pipeline_id}/test_report', {
          params: { path: { id: fullPath, pipeline_id } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });

/** The last runs of one test. */
export const historyQuery = (fullPath: string, { suite, classname, name }: Case) =>
  queryOptions({
    queryKey: ['project', fullPath, 'test-history', suite, classname, name],
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/test_report/history', {
          params: { path: { id: fullPath }, query: { suite_name: suite, classname, name, per_page: 1 } },
        }),
      ),
  });

/** The tests of the project that change their minds most. */
export const flakiestQuery = (fullPath: string) =>
  queryOptions({
    queryKey: ['project', fullPath, 'test-history'],
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/test_report/history', {
          params: { path: { id: fullPath }, query: { per_page: 50 } },
        }),
      ),
  });
