import { queryOptions } from '@tanstack/react-query';
import { allPages, api, dataOf, type Page, pageOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { type Owner, ownerKey } from '../../api/owner.ts';
import type { bodyOf, changeOf, Known } from './variable-form.ts';

const PER_PAGE = 100;

/** A page of what this owner gives to jobs. */
export const variablesQuery = (owner: Owner, page = 1) =>
  queryOptions({
    queryKey: keys.variables(ownerKey(owner), page),
    queryFn: () => pageOf<Known>(list(owner, page)) as Promise<Page<Known>>,
  });

/** All that this owner gives to jobs, as one page: for whoever looks for something in it. */
export const allVariablesQuery = (owner: Owner) =>
  queryOptions({
    queryKey: keys.variables(ownerKey(owner), 'all'),
    queryFn: async (): Promise<Page<Known>> => {
      const items = await allPages((page) => pageOf<Known>(list(owner, page)));
      return { items, page: 1, next: null, total: items.length };
    },
  });

function list({ scope, fullPath: id }: Owner, page: number): Promise<{ data?: Known[]; response: Response }> {
  const query = { page, per_page: PER_PAGE };
  if (scope === 'server') return api.GET('/api/v4/admin/ci/variables', { params: { query } });
  const params = { path: { id }, query };
  if (scope === 'group') return api.GET('/api/v4/groups/{id}/variables', { params });
  return api.GET('/api/v4/projects/{id}/variables', { params });
}

export function createVariable({ scope, fullPath: id }: Owner, body: ReturnType<typeof bodyOf>) {
  if (scope === 'server') return api.POST('/api/v4/admin/ci/variables', { body });
  const params = { path: { id } };
  if (scope === 'group') return api.POST('/api/v4/groups/{id}/variables', { params, body });
  return api.POST('/api/v4/projects/{id}/variables', { params, body });
}

/** Of several variables of one key, the scope tells which. */
export function changeVariable(
  { scope, fullPath: id }: Owner,
  { key, environment_scope }: Known,
  change: ReturnType<typeof changeOf>,
) {
  if (scope === 'server')
    return api.PUT('/api/v4/admin/ci/variables/{key}', { params: { path: { key } }, body: change });
  const params = { path: { id, key } };
  const body = { ...change, filter: { environment_scope } };
  if (scope === 'group') return api.PUT('/api/v4/groups/{id}/variables/{key}', { params, body });
  return api.PUT('/api/v4/projects/{id}/variables/{key}', { params, body });
}

export function deleteVariable({ scope, fullPath: id }: Owner, { key, environment_scope }: Known) {
  if (scope === 'server')
    return api.DELETE('/api/v4/admin/ci/variables/{key}', { params: { path: { key } } });
  const params = { path: { id, key }, query: { filter: { environment_scope } } };
  if (scope === 'group') return api.DELETE('/api/v4/groups/{id}/variables/{key}', { params });
  return api.DELETE('/api/v4/projects/{id}/variables/{key}', { params });
}

/** Names of environments, as scopes that a project's variable may have. */
export const scopesQuery = (owner: Owner) =>
  queryOptions({
    queryKey: keys.project(owner.fullPath, 'environment', 'names'),
    queryFn: async () => {
      const environments = await dataOf(
        api.GET('/api/v4/projects/{id}/environments', {
          params: { path: { id: owner.fullPath }, query: { per_page: 100 } },
        }),
      );
      return environments.map(({ name }) => name);
    },
    enabled: owner.scope === 'project',
  });
