import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { apiError } from '../errors.ts';
import { sendError } from './error-replies.ts';
import type { Metrics } from './metrics.ts';
import { refuseUnreadable } from './unreadable.ts';

const { maxHeaderSize } = process.getBuiltinModule('node:http');

/** Longer than the Go client keeps an idle connection (90 s), so that it is never cut while in use. */
const KEEP_ALIVE = 100_000;
/** An artifact may take an hour to arrive; the routes that stream bound it themselves. */
const REQUEST_TIMEOUT = 70 * 60_000;
const HEADERS_TIMEOUT = 110_000;
/** A stopping server waits so long for what is under way, then hangs up on it: SIGTERM ends it within 10 s. */
const CLOSING_MS = 1000;

/** The HTTP server with what holds for every request: ids, time-outs, headers. Routes are mounted on it. */
export function createApp(log: Logger, metrics: Metrics): FastifyInstance {
  const app = Fastify({
    logger: false,
    keepAliveTimeout: KEEP_ALIVE,
    requestTimeout: REQUEST_TIMEOUT,
    http: { headersTimeout: HEADERS_TIMEOUT },
    // Node refuses longer heads; a path whose parameter is too long for the router would be no route's.
    // Parameters are read from the URL as it came, see parameters.ts.
    routerOptions: { maxParamLength: maxHeaderSize, querystringParser: () => ({}) },
    exposeHeadRoutes: true,
    forceCloseConnections: 'idle',
    // No route has a schema of Fastify's (see parameters.ts), and what it would compile them with is a fifth of all
    // that is loaded.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    frameworkErrors: (_error, _request, reply) => sendError(apiError('bad_request'), reply),
    clientErrorHandler: refuseUnreadable,
  });
  app.addHook('preClose', async () => {
    setTimeout(() => app.server.closeAllConnections(), CLOSING_MS).unref();
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({
      'X-Request-Id': request.id,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'SAMEORIGIN',
      'Cache-Control': 'max-age=0, private, must-revalidate',
    });
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    if (log.isLevelEnabled('debug'))
      log.debug(
        {
          id: request.id,
          method: request.method,
          path: pathOf(request.url),
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime),
        },
        'request',
      );
    done();
  });
  return app;
}

const noSchemas = (): never => {
  throw new Error('routes have no schemas of Fastify');
};

/** A query may carry a token, so it is not for the log. */
const pathOf = (url: string) => url.split('?', 1)[0];

function requestId(given: string | string[] | undefined): string {
  if (typeof given === 'string' && /^[\w-]{1,64}$/.test(given)) return given;
  count += 1;
  return STARTED + count.toString(16).padStart(12, '0');
}

/** Ids of requests begin with it: they differ from those of every other start, and go on from there. */
const STARTED = randomBytes(10).toString('hex');
let count = 0;
