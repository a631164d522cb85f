import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';
import { foreseen, show } from './foreseen.ts';
import { makeStale } from './make-stale.ts';

const KEY = ['list'];

/** A reply that is shown; whenever it is asked for anew, it is answered by hand with how often it was asked for. */
function shown() {
  const client = new QueryClient();
  const replies: (() => void)[] = [];
  const queryFn = () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const count = replies.push(() => resolve(count));
    return promise;
  };
  client.setQueryData(KEY, 'at first');
  new QueryObserver(client, { queryKey: KEY, queryFn, staleTime: Infinity }).subscribe(() => {});
  return { client, replies, known: () => client.getQueryData(KEY) };
}

test('what is on its way is waited for, however often it becomes stale, and asked for once more', async () => {
  const { client, replies, known } = shown();
  for (let change = 0; change < 5; change++) makeStale(client, { queryKey: KEY });
  expect(replies).toHaveLength(1);
  replies[0]?.();
  await vi.waitFor(() => expect(replies).toHaveLength(2));
  expect(known()).toBe(1);
  replies[1]?.();
  await vi.waitFor(() => expect(client.isFetching()).toBe(0));
  expect([known(), replies.length]).toEqual([2, 2]);
});

test('what may never come is asked for anew', async () => {
  const { client, replies, known } = shown();
  makeStale(client);
  makeStale(client, {}, { giveUp: true });
  expect(replies).toHaveLength(2);
  replies[1]?.();
  await vi.waitFor(() => expect(known()).toBe(2));
});

test('what is foreseen of an action is not undone by what was waited for, nor by what is fetched after it', async () => {
  const { client, replies, known } = shown();
  makeStale(client);
  makeStale(client);
  const { takeBack } = show(client, [foreseen(KEY, () => 100)]);
  replies[0]?.();
  await vi.waitFor(() => expect(replies).toHaveLength(2));
  expect(known()).toBe(100);
  replies[1]?.();
  await vi.waitFor(() => expect(client.isFetching()).toBe(0));
  expect(known()).toBe(100);
  takeBack();
  expect(known()).toBe(2);
});
