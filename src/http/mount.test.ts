import { once } from 'node:events';
import http from 'node:http';
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
  const gone = Promise.withResolvers<void>();
  app.server.on('connection', (socket) => socket.on('close', () => gone.resolve()));
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
      await gone.promise;
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
