import type { InvalidateQueryFilters, Query, QueryClient } from '@tanstack/react-query';

/** On their way, and to be fetched anew once they are here. */
const again = new WeakSet<Query>();

/**
 * Makes replies stale, and fetches those that are shown. One that is on its way may have been read before the change: it is
 * waited for, rather than asked for anew with each change and never shown, and then asked for once more.
 * `giveUp`: what is on its way may never come, as that from a server which has gone; what is known already is asked for anew.
 */
export function makeStale(
  client: QueryClient,
  filters: InvalidateQueryFilters = {},
  { giveUp = false }: { giveUp?: boolean } = {},
): void {
  const coming = client
    .getQueryCache()
    .findAll({ ...filters, fetchStatus: 'fetching' })
    .filter((query) => !(giveUp && query.state.data !== undefined) && !again.has(query));
  void client.invalidateQueries(filters, { cancelRefetch: giveUp });
  for (const query of coming) {
    again.add(query);
    void arrived(query).then(() => {
      again.delete(query);
      void client.invalidateQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false });
    });
  }
}

/** Once it is here, or refused. */
export async function arrived(query: Query): Promise<void> {
  await query.promise?.catch(() => {});
}
