import { useCallback, useMemo } from 'react';
import { navigate, useSearch } from 'wouter/use-browser-location';
import { here } from './here.ts';

/**
 * What a change is to Back: a `step`, which it undoes; a letter of what is being `typed`, all of which are one step; or
 * `aside`, which is none, as what is unfolded.
 */
type Undo = 'step' | 'typed' | 'aside';
type Changes<N extends string> = Partial<Record<N, string | null>>;

const NOTHING = { name: '', address: '' };
/** Which value is being typed, and the address that came of it; nothing once all of it is deleted again. */
let typed = NOTHING;

/** What is empty is not in the address. */
function change(changes: Changes<string>, undo: Undo): void {
  const { pathname, search, hash } = window.location;
  const query = new URLSearchParams(search);
  // What the query says, for one thing can be written in several ways: a blank as `+` and as `%20`.
  const before = query.toString();
  for (const [name, value] of Object.entries(changes))
    if (value === null || value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  if (query.toString() === before) return;
  const next = `${pathname}${query.size === 0 ? '' : `?${query}`}${hash}`;
  const name = Object.keys(changes).join();
  const goesOn = undo === 'typed' && typed.name === name && typed.address === here();
  navigate(next, { replace: undo === 'aside' || goesOn });
  if (undo === 'typed') typed = Object.values(changes).some(Boolean) ? { name, address: next } : NOTHING;
}

/** The address's query, decoded once: `useSearchParams` of wouter decodes a `%25` twice. */
function useQuery(): URLSearchParams {
  const search = useSearch();
  return useMemo(() => new URLSearchParams(search), [search]);
}

/**
 * One value of the address's query, so that filters, tabs and lines survive a reload and can be sent to others.
 * Setting it to null or to `initial` takes it out of the address; other values stay.
 */
export function useSearchValue(
  name: string,
  initial = '',
): [value: string, set: (value: string | null, undo?: Undo) => void] {
  const query = useQuery();
  const set = useCallback(
    (value: string | null, undo: Undo = 'step') => change({ [name]: value === initial ? null : value }, undo),
    [name, initial],
  );
  return [query.get(name) ?? initial, set];
}

/** Several values at once, as filters have them: what is empty is not in the address. */
export function useSearchValues<N extends string>(
  names: readonly N[],
): [values: Partial<Record<N, string>>, set: (changes: Changes<N>, undo?: Undo) => void] {
  const query = useQuery();
  const values = useMemo(
    () =>
      Object.fromEntries(
        names.flatMap((name) => {
          const value = query.get(name);
          return value === null || value === '' ? [] : [[name, value]];
        }),
      ) as Partial<Record<N, string>>,
    [names, query],
  );
  const set = useCallback((changes: Changes<N>, undo: Undo = 'step') => change(changes, undo), []);
  return [values, set];
}
