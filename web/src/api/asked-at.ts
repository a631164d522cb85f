import type { Query, QueryClient } from '@tanstack/react-query';

/** What was said since then is not asked for again by whoever finds it. */
export const JUST_NOW_MS = 2000;

/** Of replies that are on their way, and of those that are kept. */
const asking = new WeakMap<Query, number>();
const asked = new WeakMap<Query, number>();

/** From now on it is known when each reply was asked for. */
export function watchAsking(client: QueryClient): void {
  client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated') return;
    const { query, action } = event;
    if (action.type === 'fetch') asking.set(query, performance.now());
    if (action.type === 'success' && action.manual !== true) asked.set(query, asking.get(query) ?? -Infinity);
  });
}

/** Whether what is known, or else what is on its way, was asked for before this moment of `performance.now()`. */
export function wasAskedBefore(query: Query, moment: number): boolean {
  const at = query.state.data === undefined ? asking.get(query) : asked.get(query);
  return (at ?? -Infinity) < moment;
}
