import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useAbilities } from './abilities.ts';
import { api, dataOf } from './client.ts';
import { keys } from './keys.ts';

const SHOWN = 20;

/** Branches, then tags, that contain the text: what a field for a ref suggests to whoever may read the code. */
export function useRefs(fullPath: string, search: string): readonly string[] {
  const can = useAbilities('project', fullPath);
  const { data } = useQuery({
    queryKey: keys.repository(fullPath, 'suggested-refs', search),
    queryFn: () => refsOf(fullPath, search),
    placeholderData: keepPreviousData,
    enabled: can('read_code'),
    retry: false,
  });
  return data ?? [];
}

async function refsOf(fullPath: string, search: string): Promise<string[]> {
  const params = { path: { id: fullPath }, query: { search, per_page: SHOWN } };
  const [branches, tags] = await Promise.all([
    dataOf(api.GET('/api/v4/projects/{id}/repository/branches', { params })),
    dataOf(api.GET('/api/v4/projects/{id}/repository/tags', { params })),
  ]);
  return [...new Set([...branches, ...tags].map(({ name }) => name))];
}
