import type { Query, QueryClient } from '@tanstack/react-query';
import { wasAskedBefore } from './asked-at.ts';
import { noteOld } from './may-be-old.ts';
import { mayPass } from './problem.ts';

/** Longer than it takes until everything is asked for where there is no stream: nothing is asked for twice then. */
const AGAIN_MS = 15_000;

const waiting = new WeakMap<Query, ReturnType<typeof setTimeout>>();

/**
 * What is known stays shown where it cannot be fetched anew just now, and is asked for again: no event tells that the
 * server is well again. That what is shown may be old, the header says meanwhile.
 */
export function keepKnown(client: QueryClient, query: Query, error: unknown): void {
  if (query.state.data === undefined || !mayPass(error)) return;
  query.setState({ status: 'success', error: null });
  noteOld(query);
  const refused = performance.now();
  clearTimeout(waiting.get(query));
  const again = () => {
    if (wasAskedBefore(query, refused))
      void client.invalidateQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false });
  };
  waiting.set(query, setTimeout(again, AGAIN_MS));
}
