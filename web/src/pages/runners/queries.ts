import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { projectQuery } from '../../api/abilities.ts';
import { allPages, api, dataOf, type Page, pageOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { type Owner, ownerKey } from '../../api/owner.ts';
import type { RunnerAtWork } from '../../api/schema.ts';
import type { RunnerBody } from './runner-form.ts';

export const TYPES = ['project_type', 'group_type', 'instance_type'] as const;
export type RunnerType = (typeof TYPES)[number];
export const RUNNER_STATUSES = ['online', 'offline', 'paused', 'never_contacted', 'stale'] as const;

export interface Filters {
  type?: string;
  status?: string;
  tag?: string;
  search?: string;
}

const known = <T extends string>(names: readonly T[], value: string | undefined) =>
  names.find((name) => name === value);

/** The query of the API for the filters that the address has. */
export function queryOf({ type, status, tag, search }: Filters) {
  const tags = tag?.split(',').map((each) => each.trim());
  const tag_list = tags?.filter((each) => each !== '') ?? [];
  return {
    ...(known(TYPES, type) && { type: known(TYPES, type) }),
    ...(known(RUNNER_STATUSES, status) && { status: known(RUNNER_STATUSES, status) }),
    ...(tag_list.length > 0 && { tag_list }),
    ...(search && { search }),
  };
}

type ListQuery = ReturnType<typeof queryOf> & {
  page?: number;
  per_page: number;
  with_running_jobs?: boolean;
};

function list({ scope, fullPath: id }: Owner, query: ListQuery) {
  if (scope === 'server') return api.GET('/api/v4/runners/all', { params: { query } });
  const params = { path: { id }, query };
  if (scope === 'group') return api.GET('/api/v4/groups/{id}/runners', { params });
  return api.GET('/api/v4/projects/{id}/runners', { params });
}

/** A page of all runners that could run jobs there, with what each does now. */
export const runnersQuery = (owner: Owner, filters: Filters, page: number) =>
  queryOptions({
    queryKey: keys.runners(ownerKey(owner), 'list', queryOf(filters), page),
    queryFn: () =>
      pageOf(list(owner, { ...queryOf(filters), page, per_page: 50, with_running_jobs: true })) as Promise<
        Page<RunnerAtWork>
      >,
    placeholderData: keepPreviousData,
    // Whether a runner is online is a matter of time, of which no event tells.
    refetchInterval: 60_000,
  });

/** How many there are of each type; null where the server does not count. */
export const countsQuery = (owner: Owner) =>
  queryOptions({
    queryKey: keys.runners(ownerKey(owner), 'counts'),
    queryFn: async () => {
      const totals = await Promise.all(
        TYPES.map(async (type) => (await pageOf(list(owner, { type, per_page: 1 }))).total),
      );
      return Object.fromEntries(TYPES.map((type, index) => [type, totals[index] ?? null])) as Record<
        RunnerType,
        number | null
      >;
    },
  });

/** Those that the person may change: the first hundred, as nobody answers for more. */
export const ownRunnersQuery = queryOptions({
  queryKey: keys.runners('own'),
  queryFn: () =>
    dataOf(
      api.GET('/api/v4/runners', { params: { query: { per_page: 100, with_running_jobs: true } } }),
    ) as Promise<RunnerAtWork[]>,
});

/** The numbers of a project's own runners, all of them. */
export const presentRunnersQuery = (fullPath: string) =>
  queryOptions({
    queryKey: keys.runners(ownerKey({ scope: 'project', fullPath }), 'present'),
    queryFn: async () => {
      const query = { type: 'project_type', per_page: 100 } as const;
      const runners = await allPages((page) =>
        pageOf(list({ scope: 'project', fullPath }, { ...query, page })),
      );
      return runners.map(({ id }) => id);
    },
  });

const readRunner = (id: number) => dataOf(api.GET('/api/v4/runners/{id}', { params: { path: { id } } }));
export type RunnerDetails = Awaited<ReturnType<typeof readRunner>>;

export const runnerQuery = (id: number) =>
  queryOptions({
    queryKey: keys.runners('one', id),
    queryFn: () => readRunner(id),
  });

export const managersQuery = (id: number) =>
  queryOptions({
    queryKey: keys.runners('one', id, 'managers'),
    queryFn: () => dataOf(api.GET('/api/v4/runners/{id}/managers', { params: { path: { id } } })),
  });

/** Makes a runner of this owner; what it answers holds the token, this once. */
export async function createRunner({ scope, fullPath: id }: Owner, body: RunnerBody) {
  if (scope === 'server')
    return dataOf(api.POST('/api/v4/user/runners', { body: { ...body, runner_type: 'instance_type' } }));
  if (scope === 'group') {
    const group = await dataOf(api.GET('/api/v4/groups/{id}', { params: { path: { id } } }));
    return dataOf(
      api.POST('/api/v4/user/runners', {
        body: { ...body, runner_type: 'group_type', group_id: group.id },
      }),
    );
  }
  const project = await projectQuery(id).queryFn();
  return dataOf(
    api.POST('/api/v4/user/runners', {
      body: { ...body, runner_type: 'project_type', project_id: project.id },
    }),
  );
}

export const changeRunner = (
  id: number,
  body: Partial<Omit<RunnerBody, 'maximum_timeout'>> & { paused?: boolean; maximum_timeout?: number | null },
) => api.PUT('/api/v4/runners/{id}', { params: { path: { id } }, body });

export const deleteRunner = (id: number) => api.DELETE('/api/v4/runners/{id}', { params: { path: { id } } });

export const renewToken = (id: number) =>
  dataOf(api.POST('/api/v4/runners/{id}/reset_authentication_token', { params: { path: { id } } }));

export const assignRunner = (fullPath: string, runner_id: number) =>
  api.POST('/api/v4/projects/{id}/runners', { params: { path: { id: fullPath } }, body: { runner_id } });

export const unassignRunner = (fullPath: string, runner_id: number) =>
  api.DELETE('/api/v4/projects/{id}/runners/{runner_id}', {
    params: { path: { id: fullPath, runner_id } },
  });
