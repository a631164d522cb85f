import type { InvalidateQueryFilters, QueryClient } from '@tanstack/react-query';
import { keys } from './keys.ts';
import { makeStale } from './make-stale.ts';
import { sessionQuery } from './session.ts';

/** Of whose sessions it is being asked. */
const asking = new WeakSet<QueryClient>();

/**
 * Makes all replies stale, unless the session of whoever looks has ended: nobody's replies would take away what is shown,
 * and what has been typed with it. So who is signed in is asked first.
 */
export async function allStale(client: QueryClient, options: { giveUp?: boolean } = {}): Promise<void> {
  if (!isSignedIn(client)) return makeStale(client, {}, options);
  const filters = { queryKey: keys.session, exact: true } satisfies InvalidateQueryFilters;
  // Once it is answered, all is fetched anew anyway.
  if (asking.has(client) && !options.giveUp) return;
  asking.add(client);
  await client.refetchQueries(filters);
  // Others may have asked anew meanwhile.
  while (client.isFetching(filters) > 0) await client.refetchQueries(filters, { cancelRefetch: false });
  asking.delete(client);
  if (isSignedIn(client)) makeStale(client, BUT_THE_SESSION, options);
}

const BUT_THE_SESSION: InvalidateQueryFilters = {
  predicate: ({ queryKey }) => queryKey[0] !== keys.session[0],
};

const isSignedIn = (client: QueryClient): boolean =>
  (client.getQueryData(sessionQuery.queryKey)?.user ?? null) !== null;
