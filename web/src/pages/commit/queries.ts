import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { PipelineStatus } from '../../ui/status.tsx';

export const commitQuery = (fullPath: string, sha: string) =>
  queryOptions({
    queryKey: keys.repository(fullPath, 'commit', sha),
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/repository/commits/{sha}', {
          params: { path: { id: fullPath, sha } },
        }),
      ),
  });

const REFS = 20;

/** Branches and tags that have the commit. */
export const refsOfQuery = (fullPath: string, sha: string) =>
  queryOptions({
    queryKey: keys.repository(fullPath, 'refs-of', sha),
    queryFn: () => {
      const params = { path: { id: fullPath, sha }, query: { per_page: REFS } };
      return dataOf(api.GET('/api/v4/projects/{id}/repository/commits/{sha}/refs', { params }));
    },
  });

interface PipelineInList extends PipelineStatus {
  id: number;
  name: string | null;
  ref: string;
  created_at: string;
  started_at?: string | null;
  duration?: number | null;
}

export const pipelinesOfQuery = (fullPath: string, sha: string) =>
  queryOptions({
    queryKey: keys.pipelines(fullPath, 'of', sha),
    queryFn: (): Promise<PipelineInList[]> => {
      const params = { path: { id: fullPath }, query: { sha, per_page: 50, with_details: true } };
      return dataOf(api.GET('/api/v4/projects/{id}/pipelines', { params }));
    },
  });
