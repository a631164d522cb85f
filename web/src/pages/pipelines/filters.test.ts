import { describe, expect, test } from 'vitest';
import { isFiltered, queryOf, sourceText } from './filters.ts';

describe('filters of the list of pipelines', () => {
  test('are the query of the API, and what is empty is not in it', () => {
    expect(queryOf({ status: 'failed', ref: 'a b/ä', source: 'push', username: 'ada' })).toEqual({
      status: 'failed',
      ref: 'a b/ä',
      source: 'push',
      username: 'ada',
    });
    expect(queryOf({})).toEqual({});
    expect(isFiltered({})).toBe(false);
    expect(isFiltered({ ref: 'main' })).toBe(true);
  });

  test('an author may be written with the @', () => {
    expect(queryOf({ username: '@ada' })).toEqual({ username: 'ada' });
  });

  test('days are whole days where the person is, the last one included', () => {
    expect(queryOf({ from: '2026-01-30', to: '2026-01-31' })).toEqual({
      created_after: new Date(2026, 0, 30).toISOString(),
      created_before: new Date(2026, 1, 1).toISOString(),
    });
  });

  test('what somebody wrote into the address and is nothing does not filter', () => {
    expect(queryOf({ status: 'odd', scope: '<b>', from: 'yesterday', to: '2026-1-1' })).toEqual({});
  });

  test('a source that has no word here is named as the API does', () => {
    expect(sourceText('schedule')).toBe('Schedule');
    expect(sourceText('external_pull_request_event')).toBe('external pull request event');
  });
});
