import { CSPProvider } from '@base-ui/react/csp-provider';
import { type Query, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { JUST_NOW_MS, watchAsking } from './api/asked-at.ts';
import { whenSessionChanged } from './api/client.ts';
import { keepKnown } from './api/keep-known.ts';
import { keys } from './api/keys.ts';
import { watchOld } from './api/may-be-old.ts';
import { ApiProblem, isUnreachable } from './api/problem.ts';
import { Shell } from './shell/shell.tsx';
import { Tips } from './ui/tips.tsx';
import { Toasts } from './ui/toasts.tsx';

/** All that the server has said. */
export const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, query) => keepKnown(client, query as Query, error) }),
  defaultOptions: {
    queries: {
      // The event stream says what is stale.
      staleTime: 30_000,
      // A server on this very machine is there without any network.
      networkMode: 'always',
      refetchOnWindowFocus: false,
      // What was asked for ahead of whoever shows it may have been refused by then.
      retryOnMount: (query) => Date.now() - query.state.errorUpdatedAt > JUST_NOW_MS,
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiProblem) || isUnreachable(error)),
    },
    // What cannot be done now is refused now, rather than done whenever the network is back.
    mutations: { networkMode: 'always' },
  },
});

watchAsking(client);
watchOld(client);
whenSessionChanged(() => void client.invalidateQueries({ queryKey: keys.session }));

export function App() {
  return (
    // The content security policy allows no style elements; what they hold stands in ui/.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <Shell />
        <Toasts />
        <Tips />
      </QueryClientProvider>
    </CSPProvider>
  );
}
