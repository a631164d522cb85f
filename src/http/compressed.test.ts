import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { createApp } from './app.ts';
import { LARGE } from './compressed.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { mountRoutes } from './mount.ts';
import { JsonText, Reply, route } from './route.ts';

const value = { names: Array.from({ length: 4000 }, (_, index) => `jöb ${index}`) };
const text = JSON.stringify(value);
let released = 0;
const answers = {
  entity: () => value,
  text: () => new Reply(200, new JsonText(text)),
  bytes: () => new Reply(200, new JsonText(Buffer.from(text), () => void released++)),
  small: () => ({ names: value.names.slice(0, 100) }),
};
const app = createApp(createLog('silent'), createMetrics());
afterAll(() => app.close());
let url: string;

beforeAll(async () => {
  const everyWay = Object.entries(answers).flatMap(([name, handler]) =>
    (['GET', 'POST'] as const).map((method) => ({ method, name, handler })),
  );
  const routes = everyWay.map(({ method, name, handler }) =>
    route({
      method,
      path: `/-/${name}`,
      summary: name,
      tag: 'Test',
      ability: 'read_public',
      authenticate: false,
      params: Type.Object({}),
      reply: Type.Unknown(),
      handler: async () => handler(),
    }),
  );
  mountRoutes(app, routes, {
    db: await openTestDatabase('sqlite'),
    clock: Date.now,
    checkReply: null,
    bodyTimeout: 1000,
    session: { idle: 1000, url: () => '' },
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});

async function get(name: keyof typeof answers, headers: Record<string, string> = {}, method = 'GET') {
  const request = http.request(`${url}/-/${name}`, { method, headers, agent: false }).end();
  const [reply] = (await once(request, 'response')) as [IncomingMessage];
  return { headers: reply.headers, body: await buffer(reply) };
}

describe('a large reply in JSON', () => {
  test.each(['entity', 'text', 'bytes'] as const)(
    'is compressed for whoever takes that: %s',
    async (name) => {
      expect(Buffer.byteLength(text)).toBeGreaterThan(LARGE);
      const { headers, body } = await get(name, { 'accept-encoding': 'br;q=1, gzip;q=0.8, *;q=0.1' });
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'content-length': String(body.length),
        vary: 'Accept-Encoding',
      });
      expect(body.length).toBeLessThan(text.length / 3);
      expect(JSON.parse(gunzipSync(body).toString())).toEqual(value);
    },
  );

  test.each([undefined, 'identity', 'br', 'gzip;q=0', 'gzip; q=0.000', 'xgzip'])(
    'stands as it is for whoever does not: %s',
    async (accepted) => {
      const { headers, body } = await get(
        'text',
        accepted === undefined ? {} : { 'accept-encoding': accepted },
      );
      expect(headers['content-encoding']).toBeUndefined();
      expect(headers).toMatchObject({ vary: 'Accept-Encoding', 'content-length': String(body.length) });
      expect(JSON.parse(body.toString())).toEqual(value);
    },
  );

  test('stands as it is where another site caused it, which could learn from its length what is in it', async () => {
    for (const [site, encoding] of [
      ['cross-site', undefined],
      ['same-site', undefined],
      ['same-origin', 'gzip'],
      ['none', 'gzip'],
    ] as const) {
      const { headers } = await get('text', { 'accept-encoding': 'gzip', 'sec-fetch-site': site });
      expect(headers['content-encoding'], site).toBe(encoding);
    }
  });

  test('stands as it is where something was done for it: it may say a secret to whoever did', async () => {
    for (const name of ['entity', 'text', 'bytes'] as const) {
      const { headers, body } = await get(name, { 'accept-encoding': 'gzip' }, 'POST');
      expect(headers['content-encoding'], name).toBeUndefined();
      expect(JSON.parse(body.toString())).toEqual(value);
    }
  });

  test('gives its bytes back once it is out', async () => {
    const before = released;
    await get('bytes', { 'accept-encoding': 'gzip' });
    await expect.poll(() => released).toBe(before + 1);
  });
});

test('a small reply is never compressed', async () => {
  const { headers } = await get('small', { 'accept-encoding': 'gzip' });
  expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined]);
});
