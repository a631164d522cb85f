import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, dataOf, pageOf } from '../api/client.ts';
import { keys } from '../api/keys.ts';
import type { PickerItem } from '../ui/picker.tsx';
import { oneOf, type RefAndPath, refCandidates, splitRef } from './split-ref.ts';

/** As many refs that begin with the same word are looked at in one go. */
const AT_ONCE = 100;

/** The ref and the path that an address names together; undefined until the refs are known. */
export function useRefAndPath(fullPath: string, rest: string) {
  const first = rest.split('/', 1)[0] ?? '';
  const alike = useQuery({
    queryKey: keys.repository(fullPath, 'refs-beginning', first),
    queryFn: () => refsBeginning(fullPath, first),
  });
  const overflow = alike.data?.whole === false;
  const exact = useQuery({
    queryKey: keys.repository(fullPath, 'refs-named', rest),
    queryFn: () => refsNamed(fullPath, rest),
    enabled: overflow,
  });
  const names = overflow ? exact.data : alike.data?.names;
  const place: RefAndPath | undefined = names && splitRef(rest, names);
  const { error, refetch } = alike.isError ? alike : exact;
  return { place, error, retry: () => void refetch() };
}

async function refsBeginning(fullPath: string, first: string) {
  const path = { id: fullPath };
  const query = { search: `^${first}`, per_page: AT_ONCE };
  const [branches, tags] = await Promise.all([
    pageOf(api.GET('/api/v4/projects/{id}/repository/branches', { params: { path, query } })),
    pageOf(api.GET('/api/v4/projects/{id}/repository/tags', { params: { path, query } })),
  ]);
  const names = new Set([...branches.items, ...tags.items].map(({ name }) => name));
  return { names, whole: branches.next === null && tags.next === null };
}

/** Of what the address could name, what there is. */
async function refsNamed(fullPath: string, rest: string): Promise<Set<string>> {
  const candidates = refCandidates(rest);
  const path = { id: fullPath };
  const branches = await dataOf(
    api.GET('/api/v4/projects/{id}/repository/branches', {
      params: { path, query: { regex: oneOf(candidates), per_page: AT_ONCE } },
    }),
  );
  const names = new Set(branches.map(({ name }) => name));
  for (const candidate of candidates) {
    if (names.has(candidate)) break;
    const tags = await dataOf(
      api.GET('/api/v4/projects/{id}/repository/tags', {
        params: { path, query: { search: `^${candidate}$`, per_page: AT_ONCE } },
      }),
    );
    for (const { name } of tags) names.add(name);
    if (names.has(candidate)) break;
  }
  return names;
}

const SHOWN = 30;

/** Branches and tags whose name has the text in it, for a list to pick from. */
export function useRefSearch(fullPath: string, text: string, enabled: boolean) {
  const { data, isFetching } = useQuery({
    queryKey: keys.repository(fullPath, 'ref-search', text),
    queryFn: async (): Promise<PickerItem[]> => {
      const params = { path: { id: fullPath }, query: { search: text || undefined, per_page: SHOWN } };
      const [branches, tags] = await Promise.all([
        dataOf(api.GET('/api/v4/projects/{id}/repository/branches', { params })),
        dataOf(api.GET('/api/v4/projects/{id}/repository/tags', { params })),
      ]);
      return [
        ...branches.map(({ name }) => ({ value: name, group: 'branch' })),
        ...tags.map(({ name }) => ({ value: name, group: 'tag' })),
      ];
    },
    placeholderData: keepPreviousData,
    enabled,
  });
  return { items: data ?? [], busy: isFetching };
}
