import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { whenUnauthorized } from './api/client.ts';
import { keys } from './api/keys.ts';
import { ApiProblem, isStatus } from './api/problem.ts';
import { Shell } from './shell/shell.tsx';
import { ToastProvider } from './ui/toasts.tsx';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The event stream says what is stale.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiProblem && !isStatus(error, 0, 502, 503)),
    },
  },
});

whenUnauthorized(() => void client.invalidateQueries({ queryKey: keys.session }));

export function App() {
  return (
    // The content security policy allows no style elements; what they hold stands in ui/.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <Tooltip.Provider delay={400}>
          <ToastProvider>
            <Shell />
          </ToastProvider>
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  );
}
