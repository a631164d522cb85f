import { describe, expect, test } from 'vitest';
import { askAnything } from '../any-input/ask-anything.ts';
import { databases } from '../support/databases.ts';
import { bootServer } from '../support/server.ts';

/** A hundred thousand in all, or as many as fit when the time for long tests is bounded. */
const REQUESTS = 100_000 / databases.length;
const seconds = Number(process.env.JOBYARD_LONG_SECONDS ?? 3600) / databases.length;

describe.each(databases)('whatever is sent to a server on %s, for long', (database) => {
  test('is answered, and refused in words', { timeout: (seconds + 60) * 1000 }, async () => {
    const server = await bootServer({ database, config: { limits: { job_request_hold: 50 } } });
    const { sent } = await askAnything(server, { requests: REQUESTS, seconds });
    // When nothing bounds their time, all of them.
    expect(sent).toBeGreaterThanOrEqual(process.env.JOBYARD_LONG_SECONDS === undefined ? REQUESTS : 1);
    expect(await server.api('GET', '/version')).toMatchObject({ status: 200 });
  });
});
