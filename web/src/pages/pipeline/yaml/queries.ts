import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client.ts';

/** What the pipeline was made of: it was kept when the pipeline was created, and does not change. */
export const configurationQuery = (fullPath: string, pipeline_id: number) =>
  queryOptions({
    queryKey: ['project', fullPath, 'configuration', pipeline_id],
    queryFn: () => fetchConfiguration(fullPath, pipeline_id),
    staleTime: Infinity,
  });
const fetchConfiguration = (fullPath: string, pipeline_id: number) =>
  dataOf(
    api.GET('/api/v4/projects/{id}/pipelines/{pipeline_id}/configuration', {
      params: { path: { id: fullPath, pipeline_id } },
    }),
  );
export type Configuration = Awaited<ReturnType<typeof fetchConfiguration>>;
export type Included = NonNullable<Configuration['includes']>[number];

/** The configuration of a commit as it would be read now. */
export const lintQuery = (fullPath: string, sha: string) =>
  queryOptions({
    queryKey: ['project', fullPath, 'merged-yaml', sha],
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/ci/lint', {
          params: { path: { id: fullPath }, query: { content_ref: sha } },
        }),
      ),
    staleTime: Infinity,
  });
