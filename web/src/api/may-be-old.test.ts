import { type Query, QueryCache, QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';
import { keepKnown } from './keep-known.ts';
import { mayBeOld, watchOld } from './may-be-old.ts';
import { ApiProblem } from './problem.ts';

const KEY = ['list'];

/** A reply that is shown; each that follows is what the test says. */
async function shown() {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => keepKnown(client, query as Query, error) }),
    defaultOptions: { queries: { retry: false, staleTime: Infinity } },
  });
  watchOld(client);
  let next: number | ApiProblem = 1;
  const queryFn = async () => {
    if (next instanceof ApiProblem) throw next;
    return next;
  };
  const leave = new QueryObserver(client, { queryKey: KEY, queryFn }).subscribe(() => {});
  await vi.waitFor(() => expect(client.getQueryData(KEY)).toBe(1));
  const ask = async (reply: number | ApiProblem) => {
    next = reply;
    await client.refetchQueries({ queryKey: KEY });
  };
  return { client, ask, leave };
}

test('what the server could not tell anew may be old until it can', async () => {
  const { client, ask } = await shown();
  expect(mayBeOld()).toBe(false);
  for (const status of [500, 503, 429]) await ask(new ApiProblem(status, 'not now'));
  expect([mayBeOld(), client.getQueryData(KEY)]).toEqual([true, 1]);
  // What is foreseen of an action is no reply.
  client.setQueryData(KEY, 7);
  expect(mayBeOld()).toBe(true);
  await ask(2);
  expect([mayBeOld(), client.getQueryData(KEY)]).toEqual([false, 2]);
});

test.each<[string, (list: Awaited<ReturnType<typeof shown>>) => unknown]>([
  ['nobody looks at any more', ({ leave }) => leave()],
  ['was refused by then', async ({ ask }) => ask(new ApiProblem(404, '404 Not Found'))],
  ['is forgotten', ({ client }) => client.clear()],
])('what %s is not old', async (_what, end) => {
  const list = await shown();
  await list.ask(new ApiProblem(500, 'not now'));
  expect(mayBeOld()).toBe(true);
  await end(list);
  expect(mayBeOld()).toBe(false);
});
