import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { ErrorBoundary } from 'react-error-boundary';

type Load = () => Promise<unknown>;
const loads: Load[] = [];

/**
 * A component that no page waits for: it is loaded with its first use, or once the page is at rest. Until then, and where
 * that fails, there is `meanwhile`.
 */
export function onUse<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile: ReactNode = null,
): ComponentType<P> {
  loads.push(load);
  const Loaded: ComponentType<P> = lazy(async () => ({ default: await load() }));
  return function OnUse(props: P) {
    return (
      <ErrorBoundary fallbackRender={() => meanwhile}>
        <Suspense fallback={meanwhile}>
          <Loaded {...props} />
        </Suspense>
      </ErrorBoundary>
    );
  };
}

/** Fetches all of them. */
export function fetchAhead(): void {
  for (const load of loads) void load().catch(() => {});
}
