import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import type { Page } from './client.ts';
import { foreseen, show, withChanged, without } from './foreseen.ts';

const KEY = ['list'];
const OTHER = ['other'];
const page = (...items: string[]) => ({ items, page: 1, next: null, total: items.length });
const gone = foreseen(KEY, (list: Page<string>) => without(list, (item) => item === 'b'));

test('what is foreseen is shown in place of what is known, until it is taken back', async () => {
  const client = new QueryClient();
  client.setQueryData(KEY, page('a', 'b'));
  client.setQueryData(OTHER, 'untouched');
  const takeBack = await show(client, [gone, foreseen(['unknown'], () => 'nothing')]);
  expect(client.getQueryData(KEY)).toEqual(page('a'));
  expect(client.getQueryData(['unknown'])).toBeUndefined();
  takeBack();
  expect(client.getQueryData(KEY)).toEqual(page('a', 'b'));
  expect(client.getQueryData(OTHER)).toBe('untouched');
});

test('a reply that was on its way does not undo it', async () => {
  const client = new QueryClient();
  client.setQueryData(KEY, page('a', 'b'));
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const fetched = client.fetchQuery({ queryKey: KEY, queryFn: () => promise }).catch(() => {});
  await show(client, [gone]);
  resolve(page('a', 'b'));
  await fetched;
  expect(client.getQueryData(KEY)).toEqual(page('a'));
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
