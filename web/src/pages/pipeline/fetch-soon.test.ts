import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fetchSoon } from './fetch-soon.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let graphs = 0;

/** A graph that is looked at; each time it is asked for, it is answered by hand with how often it was. */
function shown() {
  const client = new QueryClient();
  const queryKey = ['graph', ++graphs];
  const replies: (() => void)[] = [];
  const queryFn = ({ signal }: { signal: AbortSignal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const count = replies.push(() => resolve(count));
    signal.addEventListener('abort', () => reject(new Error('given up')));
    return promise;
  };
  const look = () =>
    new QueryObserver(client, { queryKey, queryFn, staleTime: Infinity }).subscribe(() => {});
  return {
    replies,
    look,
    known: () => client.getQueryData(queryKey),
    changed: () => void fetchSoon(client, queryKey),
  };
}
/** Longer than changes are gathered. */
const aWhile = () => vi.advanceTimersByTimeAsync(1000);

test('what changes while its first reply is on the way is asked for once more', async () => {
  const graph = shown();
  graph.look();
  graph.changed();
  await aWhile();
  expect(graph.replies).toHaveLength(1);
  graph.replies[0]?.();
  await aWhile();
  expect(graph.replies).toHaveLength(2);
  graph.replies[1]?.();
  await aWhile();
  expect([graph.known(), graph.replies.length]).toEqual([2, 2]);
});

test('changes that come together are asked for once, those that come meanwhile once more, after a rest', async () => {
  const graph = shown();
  graph.look();
  graph.replies[0]?.();
  await aWhile();
  for (let change = 0; change < 5; change += 1) graph.changed();
  await aWhile();
  expect(graph.replies).toHaveLength(2);
  for (let change = 0; change < 5; change += 1) graph.changed();
  await vi.advanceTimersByTimeAsync(3000);
  graph.replies[1]?.();
  // It took four seconds, so it rests for eight.
  await vi.advanceTimersByTimeAsync(7000);
  expect(graph.replies).toHaveLength(2);
  await aWhile();
  expect(graph.replies).toHaveLength(3);
  graph.replies[2]?.();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([graph.known(), graph.replies.length]).toEqual([3, 3]);
});

test('what was left while it was asked for is asked for when somebody comes back', async () => {
  const graph = shown();
  const leave = graph.look();
  graph.replies[0]?.();
  await aWhile();
  graph.changed();
  await aWhile();
  expect(graph.replies).toHaveLength(2);
  leave();
  graph.replies[1]?.();
  await aWhile();
  expect(graph.known()).toBe(1);
  graph.look();
  expect(graph.replies).toHaveLength(3);
});
