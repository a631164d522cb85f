import { useCallback, useMemo } from 'react';
import { navigate, useSearch } from 'wouter/use-browser-location';

type Change = (previous: URLSearchParams) => URLSearchParams;

/** The address's query, decoded once: `useSearchParams` of wouter decodes a `%25` twice. */
function useSearchParams(): [URLSearchParams, (change: Change, how: { replace: boolean }) => void] {
  const search = useSearch();
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const set = useCallback((change: Change, how: { replace: boolean }) => {
    const { pathname, search: now, hash } = window.location;
    const next = change(new URLSearchParams(now)).toString();
    navigate(`${pathname}${next === '' ? '' : `?${next}`}${hash}`, how);
  }, []);
  return [params, set];
}

/**
 * One value of the address's query, so that filters, tabs and lines survive a reload and can be sent to others.
 * Setting it to null or to `initial` takes it out of the address; other values stay.
 */
export function useSearchValue(
  name: string,
  initial = '',
): [value: string, set: (value: string | null, how?: { push?: boolean }) => void] {
  const [search, setSearch] = useSearchParams();
  const set = useCallback(
    (value: string | null, { push = false } = {}) =>
      setSearch(
        (previous) => {
          const next = new URLSearchParams(previous);
          if (value === null || value === initial) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: !push },
      ),
    [name, initial, setSearch],
  );
  return [search.get(name) ?? initial, set];
}

/** Several values at once, as filters have them: what is empty is not in the address. */
export function useSearchValues<N extends string>(
  names: readonly N[],
): [
  values: Partial<Record<N, string>>,
  set: (changes: Partial<Record<N, string | null>>, how?: { push?: boolean }) => void,
] {
  const [search, setSearch] = useSearchParams();
  const values = useMemo(
    () =>
      Object.fromEntries(
        names.flatMap((name) => {
          const value = search.get(name);
          return value === null || value === '' ? [] : [[name, value]];
        }),
      ) as Partial<Record<N, string>>,
    [names, search],
  );
  const set = useCallback(
    (changes: Partial<Record<N, string | null>>, { push = false } = {}) =>
      setSearch(
        (previous) => {
          const next = new URLSearchParams(previous);
          for (const [name, value] of Object.entries<string | null | undefined>(changes))
            if (value === null || value === undefined || value === '') next.delete(name);
            else next.set(name, value);
          return next;
        },
        { replace: !push },
      ),
    [setSearch],
  );
  return [values, set];
}
