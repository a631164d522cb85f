import { expect, test } from 'vitest';
import { killUnderLoad } from '../kill/kill-under-load.ts';
import { databases } from '../support/databases.ts';
import { createTestDatabase } from '../support/postgres.ts';

/** The long tests kill each fifty times. */
const TIMES = { sqlite: 5, postgres: 2 };

test.each(databases)(
  'a server on %s that is killed under load keeps what it acknowledged',
  { timeout: 240_000 },
  async (kind) => {
    const url = kind === 'postgres' ? await createTestDatabase() : null;
    const acknowledged = await killUnderLoad(TIMES[kind], url);
    // Otherwise nothing would have been compared.
    for (const one of ['pushed', 'begun', 'ended', 'logged', 'uploaded', 'set'])
      expect(acknowledged, one).toHaveProperty(one);
  },
);
