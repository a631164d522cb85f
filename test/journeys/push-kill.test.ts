import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { killDuringPush } from '../support/kill-during-push.ts';
import { createTestDatabase } from '../support/postgres.ts';

describe.each(databases)('a server on %s that is killed while somebody pushes', (database) => {
  test('has a pipeline for every push that git reported as accepted', { timeout: 120_000 }, async () => {
    const url = database === 'postgres' ? await createTestDatabase() : null;
    expect(await killDuringPush(5, url)).toBeLessThanOrEqual(5);
  });
});
