import { expect, test } from 'vitest';
import { queryOf, TABS } from './filters.ts';

const FIRST = { pagination: 'keyset', order_by: 'id', sort: 'desc', per_page: 30 };

test('a tab asks for its statuses, and the first for all', () => {
  expect(queryOf(TABS[0].scope, {})).toEqual(FIRST);
  expect(queryOf(TABS[2].scope, {})).toEqual({ ...FIRST, 'scope[]': ['failed'] });
  const statuses = TABS.flatMap(({ scope }) => [...scope]);
  expect(new Set(statuses).size).toBe(statuses.length);
});

test('older jobs are those below a number; what is no number is not asked for', () => {
  expect(queryOf([], { before: '17', ref: 'main', name: 'a b' })).toEqual({
    ...FIRST,
    id_before: 17,
    ref: 'main',
    name: 'a b',
  });
  expect(queryOf([], { before: '17; drop' })).toEqual(FIRST);
});
