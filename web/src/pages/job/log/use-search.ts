import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Query } from './search-core.ts';
import { Searcher, type SearchState } from './searcher.ts';

/** Searches a log; null while nothing is searched for, or not yet for this query. */
export function useSearch(trace: string, query: Query, size: number, live: boolean): SearchState | null {
  const searcher = useMemo(() => new Searcher(trace), [trace]);
  const state = useSyncExternalStore(searcher.subscribe, searcher.state);
  useEffect(() => () => searcher.stop(), [searcher]);
  useEffect(() => searcher.grown(size, live), [searcher, size, live]);
  useEffect(() => searcher.search(query), [searcher, query]);
  return state?.query === query ? state : null;
}
