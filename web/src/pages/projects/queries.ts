import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, pageOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';

export const ORDERS = [
  { value: 'last_activity_at', label: 'Last activity' },
  { value: 'name', label: 'Name' },
  { value: 'created_at', label: 'Newest' },
] as const;

export interface ProjectFilters {
  search?: string;
  /** `member`, `archived`, or everything that the person sees and that is not archived. */
  show?: string;
  order?: string;
  page?: string;
}

export const projectsQuery = (filters: ProjectFilters) =>
  queryOptions({
    queryKey: keys.projects('list', filters),
    queryFn: () => {
      const order_by = ORDERS.find(({ value }) => value === filters.order)?.value ?? 'last_activity_at';
      const query = {
        search: filters.search,
        archived: filters.show === 'archived',
        membership: filters.show === 'member' ? true : undefined,
        order_by,
        sort: order_by === 'name' ? ('asc' as const) : ('desc' as const),
        page: Number(filters.page ?? 1) || 1,
        per_page: 30,
        with_last_pipeline: true,
      };
      return pageOf(api.GET('/api/v4/projects', { params: { query } }));
    },
    placeholderData: keepPreviousData,
  });
