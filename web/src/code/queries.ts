import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, pageOf } from '../api/client.ts';
import { keys } from '../api/keys.ts';
import { ApiProblem, problemOf } from '../api/problem.ts';
import type { ListedPipeline } from '../ui/last-pipeline.tsx';

const PER_PAGE = 100;

/** The entries of a folder, a hundred at a time. */
export const treeQuery = (fullPath: string, ref: string, path: string) =>
  infiniteQueryOptions({
    queryKey: keys.repository(fullPath, 'tree', ref, path),
    queryFn: ({ pageParam: page }) =>
      pageOf(
        api.GET('/api/v4/projects/{id}/repository/tree', {
          params: { path: { id: fullPath }, query: { ref, path, page, per_page: PER_PAGE } },
        }),
      ),
    initialPageParam: 1,
    getNextPageParam: ({ next }) => next,
  });

/** A file of the repository: `bytes` is null when it has more than was asked for. */
export interface FileContent {
  size: number;
  bytes: Uint8Array | null;
}

/** @param limit bytes above which nothing but the size is fetched */
export const fileQuery = (fullPath: string, ref: string, path: string, limit: number) =>
  queryOptions({
    queryKey: keys.repository(fullPath, 'file', ref, path, limit),
    queryFn: async ({ signal }): Promise<FileContent> => {
      const address = `/api/v4/projects/${encodeURIComponent(fullPath)}/repository/files/${encodeURIComponent(path)}/raw?${new URLSearchParams({ ref })}`;
      const response = await fetch(address, { signal, credentials: 'same-origin' }).catch(
        (error: unknown) => {
          if (signal.aborted) throw error;
          throw new ApiProblem(0, 'The server cannot be reached.');
        },
      );
      if (!response.ok) throw await problemOf(response);
      const size = Number(response.headers.get('x-gitlab-size') ?? 0);
      if (size <= limit) return { size, bytes: new Uint8Array(await response.arrayBuffer()) };
      await response.body?.cancel();
      return { size, bytes: null };
    },
  });

/** What is shown of a commit in a line, with its newest pipeline. */
export interface CommitInLine {
  id: string;
  short_id: string;
  title: string;
  author_name: string;
  committed_date: string;
  last_pipeline?: ListedPipeline | null;
}

/** The commit that changed a file or folder last: of the ref itself when `path` is empty. */
export const lastCommitQuery = (fullPath: string, ref: string, path: string) =>
  queryOptions({
    queryKey: keys.repository(fullPath, 'with-pipelines', 'last-commit', ref, path),
    queryFn: async (): Promise<CommitInLine | null> => {
      const query = { ref_name: ref, path: path || undefined, per_page: 1, with_last_pipeline: true };
      const [commit] = await dataOf(
        api.GET('/api/v4/projects/{id}/repository/commits', { params: { path: { id: fullPath }, query } }),
      );
      return commit ?? null;
    },
  });
