import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import type { Page } from './client.ts';
import { foreseen, show, withChanged, without } from './foreseen.ts';

const KEY = ['list'];
const OTHER = ['other'];
const page = (...items: string[]) => ({ items, page: 1, next: null, total: items.length });

const goes = (letter: string) =>
  foreseen(KEY, (list: Page<string>) => without(list, (item) => item === letter));

function clientWith(...items: string[]): { client: QueryClient; shown: () => unknown } {
  const client = new QueryClient();
  client.setQueryData(KEY, page(...items));
  return { client, shown: () => client.getQueryData<Page<string>>(KEY)?.items };
}

test('what is foreseen is shown in place of what is known, until it is taken back', () => {
  const { client, shown } = clientWith('a', 'b');
  client.setQueryData(OTHER, 'untouched');
  const { takeBack } = show(client, [goes('b'), foreseen(['unknown'], () => 'nothing')]);
  expect(shown()).toEqual(['a']);
  expect(client.getQueryData(['unknown'])).toBeUndefined();
  takeBack();
  expect(shown()).toEqual(['a', 'b']);
  expect(client.getQueryData(OTHER)).toBe('untouched');
});

test('what is taken back takes nothing else with it', () => {
  const { client, shown } = clientWith('a', 'b', 'c');
  const [a, b, c] = ['a', 'b', 'c'].map((letter) => show(client, [goes(letter)]));
  expect(shown()).toEqual([]);
  b?.keep();
  expect(shown()).toEqual([]);
  a?.takeBack();
  expect(shown()).toEqual(['a']);
  c?.takeBack();
  expect(shown()).toEqual(['a', 'c']);
});

test('what is fetched meanwhile is shown with it, and is there without it once it is taken back', async () => {
  const { client, shown } = clientWith('a', 'b');
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const fetched = client.fetchQuery({ queryKey: KEY, queryFn: () => promise });
  const { takeBack } = show(client, [goes('b')]);
  resolve(page('a', 'b', 'new'));
  await fetched;
  expect(shown()).toEqual(['a', 'new']);
  takeBack();
  expect(shown()).toEqual(['a', 'b', 'new']);
});

test('what is fetched as it is foreseen is so, also once that is taken back', async () => {
  const { client, shown } = clientWith('a', 'b');
  const { takeBack } = show(client, [goes('b')]);
  await client.fetchQuery({ queryKey: KEY, queryFn: () => page('a') });
  takeBack();
  expect(shown()).toEqual(['a']);
});

test('once it has come true, the next reply is shown as it is', async () => {
  const { client, shown } = clientWith('a', 'b');
  show(client, [goes('b')]).keep();
  expect(shown()).toEqual(['a']);
  await client.fetchQuery({ queryKey: KEY, queryFn: () => page('a', 'b') });
  expect(shown()).toEqual(['a', 'b']);
});

test('a reply is as stale as it was, whatever is foreseen of it', async () => {
  const { client } = clientWith('a', 'b');
  const state = () => client.getQueryState(KEY);
  await client.invalidateQueries({ queryKey: KEY });
  const before = state()?.dataUpdatedAt;
  const { takeBack } = show(client, [goes('b')]);
  takeBack();
  expect(state()).toMatchObject({ isInvalidated: true, dataUpdatedAt: before });
});

interface Job {
  id: number;
  status: string;
  actions: string[];
}
interface Graph {
  pipeline: { status: string };
  jobs: Job[];
}
const job = (id: number, status = 'running'): Job => ({ id, status, actions: ['cancel'] });

test('what an event has patched meanwhile is still there when something is taken back', () => {
  const client = new QueryClient();
  const canceled = (id: number) =>
    foreseen(KEY, (graph: Graph) => ({
      ...graph,
      jobs: graph.jobs.map((each) => (each.id === id ? { ...each, status: 'canceled', actions: [] } : each)),
    }));
  client.setQueryData<Graph>(KEY, { pipeline: { status: 'running' }, jobs: [job(1), job(2), job(3)] });
  const one = show(client, [canceled(1)]);
  const two = show(client, [canceled(2)]);
  client.setQueryData<Graph>(
    KEY,
    (graph) => graph && { pipeline: { status: 'failed' }, jobs: graph.jobs.with(2, job(3, 'failed')) },
  );
  const statuses = () => client.getQueryData<Graph>(KEY)?.jobs.map(({ status }) => status);
  expect(statuses()).toEqual(['canceled', 'canceled', 'failed']);
  one.takeBack();
  expect(statuses()).toEqual(['running', 'canceled', 'failed']);
  two.takeBack();
  expect(client.getQueryData(KEY)).toEqual({
    pipeline: { status: 'failed' },
    jobs: [job(1), job(2), job(3, 'failed')],
  });
});

test('an item of a list is another, or is not there', () => {
  expect(
    withChanged(
      page('a', 'b'),
      (item) => item === 'b',
      (item) => item.toUpperCase(),
    ),
  ).toEqual(page('a', 'B'));
  expect(without({ ...page('a', 'b'), total: 40 }, (item) => item === 'a')).toMatchObject({
    items: ['b'],
    total: 39,
  });
  expect(without({ ...page('a'), total: null }, () => true)).toMatchObject({ items: [], total: null });
});
