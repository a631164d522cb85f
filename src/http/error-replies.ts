import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { isTooLongToIndex, unavailableBecause } from '../db/unavailable.ts';
import { ApiError, apiError } from '../errors.ts';
import { type CompiledPath, compilePath } from './path.ts';
import type { Route } from './route.ts';

/** After a refusal a client may send on for so long: it reads the refusal then, and not a broken pipe. */
const DRAIN_MS = 30_000;

/**
 * What the server answers when a handler throws, a request is malformed, or no route fits.
 * @param servePage answers a browser that opens an address of the web app, or gives null
 */
export function replyErrors(
  app: FastifyInstance,
  routes: readonly Route[],
  log: Logger,
  servePage: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null,
): void {
  app.setErrorHandler((error: FastifyError | ApiError, request, reply) => {
    const { method, routeOptions } = request;
    // Nobody hears it; that a connection breaks is no defect.
    const isBroken = 'code' in error && error.code === 'ECONNRESET' && !request.raw.complete;
    const refusal = isBroken
      ? apiError('bad_request')
      : refusalOf(error, { log, method, route: routeOptions.url });
    if (refusal.status === 413) drain(request, reply);
    sendError(refusal, reply);
  });
  const paths = routes.map((route) => ({ method: route.method, path: compilePath(route.path) }));
  app.setNotFoundHandler((request, reply) => {
    const refusal = noRoute(request, paths);
    return (refusal.status === 404 ? servePage(request, reply) : null) ?? sendError(refusal, reply);
  });
}

/**
 * What a request is told of an error: what was thrown for it to be told, Fastify's own refusals in GitLab's
 * shape, 503 when the database cannot do it now. All else is a defect: it is logged, and told as 500.
 */
export function refusalOf(
  error: unknown,
  { log, ...request }: { log: Logger; method: string; route: string | undefined },
): ApiError {
  if (error instanceof ApiError) return error;
  if (isTooLongToIndex(error)) return apiError('bad_request_because', 'A name or path is too long');
  const reason = unavailableBecause(error);
  if (reason !== null) {
    log.error({ err: error, ...request }, reason);
    return apiError('unavailable', reason);
  }
  const known = ofFastify(error as FastifyError);
  if (!known) log.error({ err: error, ...request }, 'request failed');
  return known ?? apiError('internal');
}

function ofFastify({ statusCode }: FastifyError): ApiError | null {
  if (statusCode === 413) return apiError('too_large');
  if (statusCode === 414) return new ApiError(414, { message: '414 URI Too Long' });
  if (statusCode === 415) return new ApiError(415, { error: `The provided content-type is not supported.` });
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? apiError('bad_request') : null;
}

/** Reads the rest of a body that is too large, so that the connection is not reset under the reply. */
function drain(request: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection');
  const { raw } = request;
  if (raw.readableEnded) return;
  raw.resume();
  const tooLong = setTimeout(() => raw.destroy(), DRAIN_MS).unref();
  raw.once('close', () => clearTimeout(tooLong));
}

function noRoute(
  request: FastifyRequest,
  paths: readonly { method: string; path: CompiledPath }[],
): ApiError {
  if (request.url.startsWith('/api/v3/'))
    return new ApiError(410, { error: 'API V3 is no longer supported. Use API V4 instead.' });
  const methods = new Set<string>();
  for (const { method, path } of paths) {
    try {
      if (path.match(request.url)) methods.add(method);
    } catch {
      return apiError('bad_request');
    }
  }
  if (methods.size === 0) return new ApiError(404, { error: '404 Not Found' });
  if (methods.has('GET')) methods.add('HEAD');
  return new ApiError(405, { error: '405 Not Allowed' }, { Allow: ['OPTIONS', ...methods].join(', ') });
}

/** Sends a refusal as JSON. */
export function sendError(error: ApiError, reply: FastifyReply): FastifyReply {
  return reply
    .code(error.status)
    .headers(error.headers)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify(error.body)));
}
