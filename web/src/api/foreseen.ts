import type { InferDataFromTag, QueryClient, QueryKey } from '@tanstack/react-query';
import type { Page } from './client.ts';
import { Layers } from './layers.ts';

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

/** How it ends that something foreseen is shown. */
export interface Showing {
  /** It has not come true. */
  takeBack: () => void;
  /** It has come true. */
  keep: () => void;
}

/** Shows what is foreseen over what is known, whatever is told or fetched of it meanwhile. */
export function show(client: QueryClient, all: readonly Foreseen[]): Showing {
  const shown = all.flatMap(({ queryKey, change }) => {
    const query = client.getQueryCache().find({ queryKey });
    return query ? [{ layers: Layers.of(client, query), change }] : [];
  });
  for (const { layers, change } of shown) layers.add(change);
  return {
    takeBack: () => shown.forEach(({ layers, change }) => layers.takeBack(change)),
    keep: () => shown.forEach(({ layers, change }) => layers.keep(change)),
  };
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
