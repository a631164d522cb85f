import type { InvalidateQueryFilters, Query, QueryClient } from '@tanstack/react-query';

/** On their way for the first time, and to be fetched anew once they are here. */
const again = new WeakSet<Query>();

/**
 * Makes replies stale, and fetches those that are shown. One that is on its way may have been read before the change: one
 * that comes for the first time is waited for, rather than asked for anew with each change and never shown.
 */
export function makeStale(client: QueryClient, filters: InvalidateQueryFilters = {}): void {
  const coming = client
    .getQueryCache()
    .findAll({ ...filters, fetchStatus: 'fetching' })
    .filter((query) => query.state.data === undefined && !again.has(query));
  void client.invalidateQueries(filters);
  for (const query of coming) {
    again.add(query);
    void arrived(query).then(() => {
      again.delete(query);
      void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    });
  }
}

/** Once it is here, or refused. */
export async function arrived(query: Query): Promise<void> {
  await query.promise?.catch(() => {});
}
