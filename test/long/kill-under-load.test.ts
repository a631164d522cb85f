import { describe, expect, test } from 'vitest';
import { killUnderLoad } from '../kill/kill-under-load.ts';
import { databases } from '../support/databases.ts';
import { createTestDatabase } from '../support/postgres.ts';

/** Fifty, or as many as fit when the time for long tests is bounded. */
const seconds = Number(process.env.JOBYARD_LONG_SECONDS ?? Infinity);
const times = Math.max(3, Math.min(50, Math.floor(seconds / 10)));

describe.each(databases)('a server on %s that is killed under load', (database) => {
  test(`keeps what it acknowledged, ${times} times`, { timeout: 240_000 + times * 30_000 }, async () => {
    const url = database === 'postgres' ? await createTestDatabase() : null;
    const acknowledged = await killUnderLoad(times, url);
    for (const kind of ['pushed', 'begun', 'ended', 'logged', 'uploaded', 'set'])
      expect(acknowledged, kind).toHaveProperty(kind);
  });
});
