import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Type } from 'typebox';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { createApp } from './app.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { mountRoutes } from './mount.ts';
import { route } from './route.ts';

test('a handler that asks late whether its client is there hears that it has gone', async () => {
  const app = createApp(createLog('silent'), createMetrics());
  let isGone: boolean | undefined;
  const late = route({
    method: 'GET',
    path: '/-/late',
    summary: 'Late',
    tag: 'Test',
    ability: 'read_public',
    params: Type.Object({}),
    reply: null,
    handler: async (call) => {
      request.destroy();
      await sleep(200);
      isGone = call.signal.aborted;
    },
  });
  mountRoutes(app, [late], {
    db: await openTestDatabase('sqlite'),
    clock: Date.now,
    checkReply: null,
    bodyTimeout: 1000,
    session: { idle: 1000, url: () => '' },
  });
  const request = http.get(`${await app.listen({ port: 0 })}/-/late`);
  await once(request, 'close').catch(() => {});
  await expect.poll(() => isGone).toBe(true);
  await app.close();
});
