import { Agent } from 'node:http';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { TestServer } from '../support/server.ts';
import { type AnyRequest, anyRequest, requestTo, targetsOf } from './any-request.ts';
import { atPlace, newPlace, type Place } from './place.ts';
import { type Reply, send } from './send.ts';

/** After so many requests, or when its administrator is gone, the next find a new place. */
const REQUESTS_AT_A_PLACE = 100;

/**
 * Sends so many requests, good and bad, one after the other, and looks at each answer; ends before its time
 * when `seconds` are over. Every route is asked once before any is asked again. Answers how many requests were sent, to
 * how many of the routes, and how many were answered with which status.
 */
export async function askAnything(
  server: TestServer,
  { requests, seconds }: { requests: number; seconds: number },
): Promise<{ sent: number; asked: number; routes: number; statuses: Map<number, number> }> {
  const agent = new Agent({ keepAlive: true });
  const statuses = new Map<number, number>();
  const end = Date.now() + seconds * 1000;
  let place: Place = {};
  let sent = 0;
  const asked = new Set<string>();
  const ask = (requestsOf: fc.Arbitrary<AnyRequest>, numRuns: number) =>
    fc.assert(
      fc
        .asyncProperty(requestsOf, async (request) => {
          if (Date.now() > end) return;
          sent += 1;
          asked.add(request.route);
          const reply = await send(server.url, agent, atPlace(place, request));
          statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
          checkReply(request, reply);
        })
        .beforeEach(async () => {
          if (Date.now() > end) return;
          if (sent % REQUESTS_AT_A_PLACE === 0 || !(await isAlive(server, place)))
            place = await newPlace(server);
        }),
      { numRuns, ...seedOf(process.env.JOBYARD_TEST_SEED) },
    );
  const targets = targetsOf(server.routes);
  try {
    for (const target of targets) await ask(requestTo(target), 1);
    await ask(anyRequest(targets), Math.max(1, requests - targets.length));
  } finally {
    agent.destroy();
  }
  const routes = new Set(targets.map(({ method, path }) => `${method} ${path}`)).size;
  return { sent, asked: asked.size, routes, statuses };
}

/** Requests delete and block users too. */
async function isAlive({ api }: TestServer, { token }: Place): Promise<boolean> {
  return (await api('GET', '/user', { token })).status === 200;
}

/** No route but this one has leave to say that something is not there. */
const NOT_IMPLEMENTED = 'GET /runners/router/discovery';

function checkReply({ route, method }: AnyRequest, { status, headers, body }: Reply): void {
  if (route !== NOT_IMPLEMENTED) expect(status).toBeLessThan(500);
  if (status < 400 || method === 'HEAD') return;
  expect(body.toString()).not.toMatch(/\.[jt]s:\d+|node_modules/);
  // A runner is asked for its log anew: no refusal, but a state of the protocol.
  if (route === 'PUT /jobs/:id' && status === 412) return;
  // git shows its user what comes as plain text, and nothing else.
  if (route.includes('/:repository+/') && headers['content-type']?.startsWith('text/plain')) return;
  expect(headers['content-type']).toMatch(/^application\/json/);
  const names = Object.keys(JSON.parse(body.toString()) as object);
  expect(names.some((name) => name === 'message' || name === 'error')).toBe(true);
}

/** fast-check names the seed of a run that fails: with it the run is repeated. */
const seedOf = (seed: string | undefined) => (seed === undefined ? {} : { seed: Number(seed) });
