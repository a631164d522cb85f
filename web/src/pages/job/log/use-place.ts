import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { hashOfRange, type LineRange, rangeOfHash } from './line-range.ts';
import type { Query } from './search-core.ts';

const EVENTS = ['hashchange', 'popstate', 'pushState', 'replaceState'];
function subscribe(changed: () => void): () => void {
  for (const event of EVENTS) window.addEventListener(event, changed);
  return () => {
    for (const event of EVENTS) window.removeEventListener(event, changed);
  };
}
const hashNow = () => window.location.hash;

/** Milliseconds without typing before the address has what is searched for. */
const WRITE_MS = 500;

/** Puts a query and lines into the address, which otherwise stays the same. */
function write(search: string, hash: string): void {
  const { pathname } = window.location;
  if (search !== window.location.search || hash !== window.location.hash)
    window.history.replaceState(window.history.state, '', `${pathname}${search}${hash}`);
}

/** The lines that the address names. */
export function useLinesOfAddress(): [LineRange | null, (range: LineRange | null) => void] {
  const hash = useSyncExternalStore(subscribe, hashNow);
  const range = useMemo(() => rangeOfHash(hash), [hash]);
  const set = useCallback(
    (next: LineRange | null) => write(window.location.search, next === null ? '' : hashOfRange(next)),
    [],
  );
  return [range, set];
}

/** What is searched for: at once on the page, and a moment later in the address too. */
export function useQueryOfAddress(): [Query, (change: Partial<Query>) => void] {
  const [query, setQuery] = useState<Query>(() => {
    const search = new URLSearchParams(window.location.search);
    return {
      text: search.get('search') ?? '',
      isRegex: search.get('regex') === '1',
      matchCase: search.get('case') === '1',
    };
  });
  useEffect(() => {
    const timer = setTimeout(() => {
      const search = new URLSearchParams(window.location.search);
      const put = (name: string, value: string) =>
        value === '' ? search.delete(name) : search.set(name, value);
      put('search', query.text);
      put('regex', query.isRegex && query.text !== '' ? '1' : '');
      put('case', query.matchCase && query.text !== '' ? '1' : '');
      const text = search.toString();
      write(text === '' ? '' : `?${text}`, window.location.hash);
    }, WRITE_MS);
    return () => clearTimeout(timer);
  }, [query]);
  const change = useCallback((some: Partial<Query>) => setQuery((before) => ({ ...before, ...some })), []);
  return [query, change];
}
