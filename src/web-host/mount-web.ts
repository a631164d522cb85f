import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import sirv from 'sirv';
import { sessionTokenOf } from '../http/session-cookie.ts';
import { pageLinks } from './page-links.ts';
import { PAGE_HEADERS } from './page-headers.ts';

/** What a browser is told where the app has not been built. */
const NOT_BUILT = `Jobyard is here, and its API at /api/v4, but the web app has not been built.
Run: npm run build
`;
const YEAR_S = 31_536_000;
/** What the server says of all its replies, and that no other site may load these. */
const FILE_HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cross-Origin-Resource-Policy': 'same-origin' };
/** No page of the app: whoever asks for these wants what the API, git or a site answers. */
const OTHERS =
  /^\/(?:api|assets|oauth|\.well-known|-\/(?:health|liveness|readiness|metrics|pages|site))(?:\/|$)/;

/** The page is told here what it follows events from: all that it asks for is asked for later. */
const lastEventId = (id: string) => `<meta name="last-event-id" content="${id}">`;

/** Answers a request that no route fits with the page, or null: it asks for none. */
export type ServePage = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null;

/**
 * Serves the built web app: its files, which have their hash in their names and are kept for ever, and one HTML
 * page at every other address that a browser opens.
 * @param folder web/dist; where it is missing, browsers are told how to build it
 * @param expectFollower answers the id of events that the page is to follow them from; called for those alone who seem
 * to have signed in, since events are read and kept from then on
 */
export function mountWeb(app: FastifyInstance, folder: string, expectFollower: () => string): ServePage {
  const index = join(folder, 'index.html');
  const built = existsSync(index);
  const linksOf = built ? pageLinks(folder) : () => '';
  const html = built ? readFileSync(index, 'utf8') : null;
  if (built) {
    // It looks for all files, once: not at the start of a server that no browser may ever ask.
    let serveFile: ReturnType<typeof sirv> | undefined;
    app.get('/assets/*', (request, reply) => {
      // A build since then has taken files away, and to stream one that is gone would end the process.
      if (!existsSync(join(folder, pathOf(request)))) return reply.callNotFound();
      let found = true;
      for (const [name, value] of Object.entries(FILE_HEADERS)) reply.raw.setHeader(name, value);
      serveFile ??= sirv(folder, { brotli: true, gzip: true, etag: true, immutable: true, maxAge: YEAR_S });
      // It answers or calls the last argument at once.
      serveFile(request.raw, reply.raw, () => {
        found = false;
      });
      return found ? reply.hijack() : reply.callNotFound();
    });
    const icon = readFileSync(join(folder, 'favicon.svg'));
    app.get('/favicon.svg', async (_request, reply) =>
      reply.header('content-type', 'image/svg+xml').header('cache-control', 'max-age=86400').send(icon),
    );
  }
  return (request, reply) => {
    if (!wantsPage(request)) return null;
    if (html === null) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
    const place = mayFollow(request) ? lastEventId(expectFollower()) : '';
    const head = `${place}${linksOf(pathOf(request))}</head>`;
    return reply
      .code(200)
      .headers(PAGE_HEADERS)
      .send(html.replace('</head>', () => head));
  };
}

const pathOf = ({ url }: Pick<FastifyRequest, 'url'>) => url.split('?', 1)[0] ?? '';

/** Others have no stream for long, or none at all: those who look for pages that are there, and programs. */
const mayFollow = ({ method, headers }: FastifyRequest) =>
  method === 'GET' && sessionTokenOf(headers) !== null;

/** A browser that opens an address says that it takes HTML; curl and libraries do not. */
function wantsPage(request: FastifyRequest): boolean {
  const { method, headers } = request;
  if (method !== 'GET' && method !== 'HEAD') return false;
  return (headers.accept ?? '').includes('text/html') && !OTHERS.test(pathOf(request));
}
