import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';

/** The newest pipeline of a branch, or without one of the project; null: there is none yet. */
export const newestPipelineQuery = (fullPath: string, branch?: string) =>
  queryOptions({
    queryKey: keys.pipelines(fullPath, 'newest', branch ?? null),
    queryFn: async () => {
      const query = { ...(branch === undefined ? {} : { ref: branch }), per_page: 1, with_details: true };
      const params = { path: { id: fullPath }, query };
      const [newest] = await dataOf(api.GET('/api/v4/projects/{id}/pipelines', { params }));
      return newest ?? null;
    },
  });
