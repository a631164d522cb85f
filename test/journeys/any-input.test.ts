import { describe, expect, test } from 'vitest';
import { askAnything } from '../any-input/ask-anything.ts';
import { databases } from '../support/databases.ts';
import { bootServer } from '../support/server.ts';

/** PostgreSQL refuses what SQLite takes; but each run costs its time. */
const REQUESTS = { sqlite: 1_500, postgres: 500 };

describe.each(databases)('whatever is sent to a server on %s', (database) => {
  test('is answered, and refused in words', async () => {
    const server = await bootServer({ database, config: { limits: { job_request_hold: 50 } } });
    const { sent, asked, routes, statuses } = await askAnything(server, {
      requests: REQUESTS[database],
      seconds: 60,
    });
    expect(asked).toBe(routes);
    // If hardly anything were understood, this would test the first line of defence only.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(sent / 20);
    expect(await server.api('GET', '/version')).toMatchObject({ status: 200 });
  });
});
