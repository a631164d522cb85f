import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, dataOf, pageOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { isStatus } from '../../api/problem.ts';

const PER_PAGE = 30;

/** A group; null where the path is no group's, but maybe a person's. */
export const groupQuery = (fullPath: string) =>
  queryOptions({
    queryKey: keys.group(fullPath),
    queryFn: async () => {
      try {
        const params = { path: { id: fullPath }, query: { with_projects: false } };
        return await dataOf(api.GET('/api/v4/groups/{id}', { params }));
      } catch (error) {
        if (isStatus(error, 404) && !fullPath.includes('/')) return null;
        throw error;
      }
    },
  });

export const subgroupsQuery = (fullPath: string) =>
  queryOptions({
    queryKey: keys.groups('below', fullPath),
    queryFn: () => {
      const query = { with_counts: true, per_page: 100 };
      return pageOf(api.GET('/api/v4/groups/{id}/subgroups', { params: { path: { id: fullPath }, query } }));
    },
  });

/** The projects in a group, or in a person's own namespace. */
export const projectsInQuery = (
  kind: 'group' | 'user',
  fullPath: string,
  { search, page }: { search?: string | undefined; page: number },
) =>
  queryOptions({
    queryKey: keys.projects('in', kind, fullPath, search, page),
    queryFn: () => {
      const query = {
        search,
        page,
        per_page: PER_PAGE,
        order_by: 'last_activity_at' as const,
        with_last_pipeline: true,
      };
      const params = { path: { id: fullPath }, query };
      return kind === 'group'
        ? pageOf(api.GET('/api/v4/groups/{id}/projects', { params }))
        : pageOf(api.GET('/api/v4/users/{id}/projects', { params }));
    },
    placeholderData: keepPreviousData,
  });
