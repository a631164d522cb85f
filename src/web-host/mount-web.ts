import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import serveStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_HEADERS } from './page-headers.ts';

/** What a browser is told where the app has not been built. */
const NOT_BUILT = `Jobyard is here, and its API at /api/v4, but the web app has not been built.
Run: npm run build
`;
/** No page of the app: whoever asks for these wants what the API, git or a site answers. */
const OTHERS =
  /^\/(?:api|assets|oauth|\.well-known|-\/(?:health|liveness|readiness|metrics|pages|site))(?:\/|$)/;

/** Answers a request that no route fits with the page, or null: it asks for none. */
export type ServePage = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null;

/**
 * Serves the built web app: its files, which have their hash in their names and are kept for ever, and one HTML
 * page at every other address that a browser opens.
 * @param folder web/dist; where it is missing, browsers are told how to build it
 */
export function mountWeb(app: FastifyInstance, folder: string): ServePage {
  const index = join(folder, 'index.html');
  const built = existsSync(index);
  const html = built ? readFileSync(index) : null;
  if (built) {
    app.register(serveStatic, {
      root: join(folder, 'assets'),
      prefix: '/assets/',
      decorateReply: false,
      index: false,
      preCompressed: true,
      immutable: true,
      maxAge: '1y',
      // Its names are those of files at the start: what is not among them goes the way of every other address.
      wildcard: false,
      setHeaders: (reply) => reply.header('cross-origin-resource-policy', 'same-origin'),
    });
    const icon = readFileSync(join(folder, 'favicon.svg'));
    app.get('/favicon.svg', async (_request, reply) =>
      reply.header('content-type', 'image/svg+xml').header('cache-control', 'max-age=86400').send(icon),
    );
  }
  return (request, reply) => {
    if (!wantsPage(request)) return null;
    if (html === null) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
    return reply.code(200).headers(PAGE_HEADERS).send(html);
  };
}

/** A browser that opens an address says that it takes HTML; curl and libraries do not. */
function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return (headers.accept ?? '').includes('text/html') && !OTHERS.test(url.split('?', 1)[0] ?? '');
}
