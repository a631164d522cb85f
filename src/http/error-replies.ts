import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ApiError, apiError } from '../errors.ts';
import { type CompiledPath, compilePath } from './path.ts';
import type { Route } from './route.ts';

/** What the server answers when a handler throws, a request is malformed, or no route fits. */
export function replyErrors(app: FastifyInstance, routes: readonly Route[], log: Logger): void {
  app.setErrorHandler((error: FastifyError | ApiError, request, reply) => {
    const known = error instanceof ApiError ? error : ofFastify(error);
    if (!known)
      log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed');
    sendError(known ?? apiError('internal'), reply);
  });
  const paths = routes.map((route) => ({ method: route.method, path: compilePath(route.path) }));
  app.setNotFoundHandler((request, reply) => sendError(noRoute(request, paths), reply));
}

/** Fastify's own refusals, in GitLab's shape. */
function ofFastify(error: FastifyError): ApiError | null {
  if (error.statusCode === 413) return apiError('too_large');
  if (error.statusCode === 415)
    return new ApiError(415, { error: `The provided content-type is not supported.` });
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return apiError('bad_request');
  return null;
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
export function sendError(error: ApiError, reply: FastifyReply): void {
  void reply
    .code(error.status)
    .headers(error.headers)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify(error.body)));
}
