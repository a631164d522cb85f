import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';
import { keys } from './keys.ts';

/**
 * What the person may do here, by the server's own names: a page shows no button for what is not in it.
 * Nothing is allowed until it is known.
 */
export function useAbilities(
  scope: 'server' | 'group' | 'project',
  fullPath: string,
): (ability: string) => boolean {
  const { data } = useQuery(abilitiesQuery(scope, fullPath));
  const allowed = new Set<string>(data?.abilities);
  return (ability) => allowed.has(ability);
}

export const abilitiesQuery = (scope: 'server' | 'group' | 'project', fullPath: string) => ({
  queryKey: ['abilities', scope, fullPath],
  queryFn: () => abilitiesOf(scope, fullPath),
  staleTime: 60_000,
});

function abilitiesOf(scope: 'server' | 'group' | 'project', id: string): Promise<{ abilities: string[] }> {
  const params = { path: { id } };
  if (scope === 'server') return dataOf(api.GET('/api/v4/abilities'));
  if (scope === 'group') return dataOf(api.GET('/api/v4/groups/{id}/abilities', { params }));
  return dataOf(api.GET('/api/v4/projects/{id}/abilities', { params }));
}

export const projectQuery = (fullPath: string) => ({
  queryKey: keys.project(fullPath, 'itself'),
  queryFn: () => dataOf(api.GET('/api/v4/projects/{id}', { params: { path: { id: fullPath } } })),
});
