import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ApiError, apiError } from '../errors.ts';
import { streamBodies } from '../http/body.ts';
import { refusalOf, sendError } from '../http/error-replies.ts';
import type { Parts } from '../parts.ts';
import { serveGit } from './serve-git.ts';
import { serveRawFile } from './serve-raw-file.ts';

/** `/group/project.git/info/refs` and the two services; people leave out the `.git`. */
const SMART = /^\/(?<path>.+?)(?:\.git)?\/(?<action>info\/refs|git-upload-pack|git-receive-pack)$/;
/** What else a git asks a server for: other services, and the files of the older protocol. */
const REFUSED = /^\/(?<path>.+?)\.git\/(?<action>git-[a-z-]+|HEAD|objects\/.+)$/;
/** `/group/project/-/raw/<ref>/<file>` */
const RAW_FILE = /^\/(?<path>[^/]+\/.+?)\/-\/raw\/(?<file>.+)$/s;

/** What the server answers below the paths of its projects: git's smart HTTP, and single files. */
export function mountGit(app: FastifyInstance, parts: Parts): void {
  app.register(async (child) => {
    streamBodies(child);
    child.setErrorHandler((error: FastifyError | ApiError, request, reply) =>
      sendAsText(error, request, reply, parts),
    );
    child.route({
      method: ['GET', 'HEAD', 'POST'],
      url: '/*',
      // A push is as large as it is; git and the disk bound it.
      bodyLimit: Number.MAX_SAFE_INTEGER,
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const path = decodedPath(request.url);
        const git = (SMART.exec(path) ?? REFUSED.exec(path))?.groups;
        if (git?.path !== undefined && git.action !== undefined && request.method !== 'HEAD')
          return serveGit({ path: git.path, action: git.action }, request, reply, parts);
        const raw = RAW_FILE.exec(path)?.groups;
        if (raw?.path !== undefined && raw.file !== undefined && request.method !== 'POST')
          return serveRawFile({ path: raw.path, file: raw.file }, request, reply, parts);
        return reply.callNotFound();
      },
    });
  });
}

/** @throws 400 for what is badly encoded, or holds NUL, which no path has */
function decodedPath(url: string): string {
  try {
    const path = decodeURIComponent(url.split('?', 1)[0] ?? '');
    if (!path.includes('\0')) return path;
  } catch {
    // Refused as the other.
  }
  throw apiError('bad_request');
}

/** git shows its user what comes as plain text, and nothing else. */
function sendAsText(
  error: FastifyError | ApiError,
  request: FastifyRequest,
  reply: FastifyReply,
  { log }: Parts,
): FastifyReply {
  const { method } = request;
  // Nobody is left to be told, and that is no defect: a push goes on by itself.
  if (reply.raw.destroyed && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return reply;
  const refusal = refusalOf(error, { log, method, route: 'git' });
  // A path of the API that no route has ends here as well.
  if (/^\/(api|-)\//.test(request.url)) return sendError(refusal, reply);
  const { status, body, headers } = refusal;
  const message = 'message' in body ? body.message : Object.values(body)[0];
  return reply
    .code(status)
    .headers(headers)
    .header('content-type', 'text/plain; charset=utf-8')
    .send(`${String(message)}\n`);
}
