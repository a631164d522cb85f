import type { IncomingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import { isAdmin } from '../access/caller.ts';
import { ping } from '../db/ping.ts';
import { apiError } from '../errors.ts';
import { Reply, route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { entity } from './entities/entity.ts';

const Liveness = entity({ status: Type.String() });
const Check = entity({ status: Type.String(), message: Type.Optional(Type.String()) });
const Readiness = entity({ status: Type.String(), db_check: Type.Array(Check) });

/** Whether the process lives, whether it can serve, and figures for Prometheus. */
export function healthRoutes({ db, metrics }: Pick<Parts, 'db' | 'metrics'>): Route[] {
  const open = { tag: 'Health', ability: 'read_public', params: Type.Object({}) } as const;
  return [
    route({
      ...open,
      method: 'GET',
      path: '/-/health',
      summary: 'Whether the server answers',
      reply: 'text/plain',
      handler: async () => new Reply(200, 'GitLab OK', { 'content-type': 'text/plain' }),
    }),
    route({
      ...open,
      method: 'GET',
      path: '/-/liveness',
      summary: 'Whether the process lives',
      reply: Liveness,
      handler: async () => ({ status: 'ok' }),
    }),
    route({
      ...open,
      method: 'GET',
      path: '/-/readiness',
      summary: 'Whether the database answers too',
      reply: Readiness,
      handler: async () => {
        try {
          await ping(db);
          return { status: 'ok', db_check: [{ status: 'ok' }] };
        } catch {
          const failed = { status: 'failed', message: 'the database does not answer' };
          return new Reply(503, { status: 'failed', db_check: [failed] });
        }
      },
    }),
    route({
      ...open,
      method: 'GET',
      path: '/-/metrics',
      summary: 'Figures for Prometheus: for administrators, and from this machine',
      reply: 'text/plain',
      handler: async ({ ip, headers, caller }) => {
        if (!fromThisMachine(ip, headers) && !isAdmin(caller)) throw apiError('not_found');
        const { registry } = metrics;
        return new Reply(200, await registry.metrics(), { 'content-type': registry.contentType });
      },
    }),
  ];
}

/** A proxy on this machine speaks for others: it says so. */
const fromThisMachine = (ip: string, headers: IncomingHttpHeaders) =>
  (ip === '::1' || /^(::ffff:)?127\./.test(ip)) && !headers['x-forwarded-for'] && !headers['forwarded'];
