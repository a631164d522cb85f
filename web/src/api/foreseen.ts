import type { InferDataFromTag, QueryClient, QueryKey } from '@tanstack/react-query';
import type { Page } from './client.ts';

/** What a reply that is kept will most likely be, once something has been done. */
export interface Foreseen {
  queryKey: QueryKey;
  change: (known: never) => unknown;
}

/** For `foresee` of an action; of a reply that nobody has asked for yet nothing is foreseen. */
export const foreseen = <K extends QueryKey, T = InferDataFromTag<unknown, K>>(
  queryKey: K,
  change: (known: T) => T,
): Foreseen => ({ queryKey, change });

/** Shows what is foreseen in place of what is known, which no reply that is under way undoes; returns what takes it back. */
export async function show(client: QueryClient, all: readonly Foreseen[]): Promise<() => void> {
  await Promise.all(all.map(({ queryKey }) => client.cancelQueries({ queryKey, exact: true })));
  const before = all.map(({ queryKey }) => client.getQueryData(queryKey));
  for (const { queryKey, change } of all)
    client.setQueryData(queryKey, (known: unknown) => known && change(known as never));
  return () => all.forEach(({ queryKey }, index) => client.setQueryData(queryKey, before[index]));
}

/** The list with another in place of an item. */
export const withChanged = <T>(
  list: Page<T>,
  isIt: (item: T) => boolean,
  change: (item: T) => T,
): Page<T> => ({ ...list, items: list.items.map((item) => (isIt(item) ? change(item) : item)) });

/** The list without an item. */
export function without<T>(list: Page<T>, isIt: (item: T) => boolean): Page<T> {
  const items = list.items.filter((item) => !isIt(item));
  const total = list.total === null ? null : list.total - (list.items.length - items.length);
  return { ...list, items, total };
}
