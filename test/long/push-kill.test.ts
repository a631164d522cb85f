import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { killDuringPush } from '../support/kill-during-push.ts';
import { createTestDatabase } from '../support/postgres.ts';

/** A hundred, or as many as fit when the time for long tests is bounded. */
const seconds = Number(process.env.JOBYARD_LONG_SECONDS ?? Infinity);
const times = Math.max(5, Math.min(100, Math.floor(seconds / 4)));

describe.each(databases)('a server on %s that is killed while somebody pushes', (database) => {
  test(`keeps every accepted push, ${times} times`, { timeout: times * 20_000 }, async () => {
    const url = database === 'postgres' ? await createTestDatabase() : null;
    expect(await killDuringPush(times, url)).toBeLessThanOrEqual(times);
  });
});
