import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, type Page, pageOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { paths } from '../../api/schema.ts';
import { type Filters, queryOf } from './filters.ts';

type Reply = paths['/api/v4/projects/{id}/pipelines']['get']['responses'][200];
type Listed = Reply['content']['application/json'][number];
/** A pipeline as `with_details` lists it. */
export type Pipeline = Extract<Listed, { commit: unknown }>;
export type Action = Pipeline['actions'][number];

const PER_PAGE = 30;

/** A page of the project's pipelines, newest first, with what a row shows. */
export const pipelinesQuery = (fullPath: string, filters: Filters, page: number) =>
  queryOptions({
    queryKey: keys.pipelines(fullPath, 'list', queryOf(filters), page),
    queryFn: () =>
      pageOf(
        api.GET('/api/v4/projects/{id}/pipelines', {
          params: {
            path: { id: fullPath },
            query: { ...queryOf(filters), page, per_page: PER_PAGE, with_details: true },
          },
        }),
      ) as Promise<Page<Pipeline>>,
    placeholderData: keepPreviousData,
  });

export const retryPipeline = (fullPath: string, id: number) =>
  api.POST('/api/v4/projects/{id}/pipelines/{pipeline_id}/retry', {
    params: { path: { id: fullPath, pipeline_id: id } },
  });

export const cancelPipeline = (fullPath: string, id: number) =>
  api.POST('/api/v4/projects/{id}/pipelines/{pipeline_id}/cancel', {
    params: { path: { id: fullPath, pipeline_id: id } },
  });
