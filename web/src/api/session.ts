import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, dataOf, keepSession } from './client.ts';
import { keys } from './keys.ts';

/** Who is signed in, and how one may sign in. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async () => {
    const session = await dataOf(api.GET('/api/v4/session'));
    keepSession(session);
    return session;
  },
  staleTime: 60_000,
  // Whoever is nobody here may have signed in, in another tab.
  refetchOnWindowFocus: ({ state }) => (state.data?.user === null ? 'always' : false),
});

/** The user, or null for somebody who is not signed in (or not known yet). */
export function useUser() {
  return useQuery(sessionQuery).data?.user ?? null;
}
