import type { QueryClient } from '@tanstack/react-query';
import { arrived } from '../../api/make-stale.ts';

/** Changes that come together are fetched once. */
const GATHER_MS = 150;
/** Of the time, a third at most goes into fetching what changes all the time. */
const REST = 2;

/** Keys that are going to be fetched, and whether something has changed since. */
const waiting = new Map<string, { again: boolean }>();

/**
 * Fetches a graph anew, one fetch after the other with rests between: in a pipeline of a thousand jobs something
 * changes before the reply is here.
 */
export async function fetchSoon(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  const hash = JSON.stringify(queryKey);
  const known = waiting.get(hash);
  if (known) {
    known.again = true;
    return;
  }
  const mine = { again: true };
  waiting.set(hash, mine);
  let rest = GATHER_MS;
  while (mine.again) {
    await new Promise((resolve) => setTimeout(resolve, rest));
    const query = client.getQueryCache().find({ queryKey });
    if (query && query.state.data === undefined) await arrived(query);
    mine.again = false;
    const began = performance.now();
    // Whoever leaves the page gives up the reply: the graph is stale then, though it has just been patched.
    await client.invalidateQueries({ queryKey, exact: true });
    rest = Math.max(GATHER_MS, (performance.now() - began) * REST);
  }
  waiting.delete(hash);
}
