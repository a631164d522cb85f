import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';

/** Runners keep an idle connection so long, and send an artifact for as long as an hour. */
const IDLE_S = 90;
const UPLOAD_MS = 3_600_000;

test('connections outlive the rest of runners between calls, and the longest upload', async () => {
  const app = createApp(createLog('silent'), createMetrics());
  const { headers } = await fetch(`${await app.listen({ port: 0 })}/-/nowhere`);
  // What a client goes by; the server itself must not hang up before.
  expect(Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThan(IDLE_S);
  const { keepAliveTimeout, headersTimeout, requestTimeout, timeout } = app.server;
  expect(headersTimeout).toBeGreaterThan(keepAliveTimeout);
  expect(requestTimeout).toBeGreaterThan(UPLOAD_MS);
  expect(timeout).toBe(0);
  await app.close();
});
