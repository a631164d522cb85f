import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.ts';
import { apiError, ApiError } from '../errors.ts';
import { GitError } from '../git/git-error.ts';
import { streamBodies } from '../http/body.ts';
import { authorizeProject } from '../http/subjects.ts';
import { dayOf } from '../http/day.ts';
import type { Parts } from '../parts.ts';
import { advertiseRefs, uploadPack } from './fetch.ts';
import { challenge, gitCaller } from './git-caller.ts';
import { receivePack } from './push.ts';
import { decodedBody, isService, NO_CACHE, protocolOf, type Service } from './service.ts';
import { takePush } from './take-push.ts';

/** `/group/project.git/info/refs` and the two services. */
const PATH = /^\/(.+?)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** Puts git's smart HTTP on the server, below the path of each project. */
export function mountGit(app: FastifyInstance, parts: Parts): void {
  app.register(async (child) => {
    streamBodies(child);
    child.route({
      method: ['GET', 'POST'],
      url: '/*',
      // A push is as large as it is; git and the disk bound it.
      bodyLimit: Number.MAX_SAFE_INTEGER,
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const [, path, action] = PATH.exec(decodedPath(request.url)) ?? [];
        if (path === undefined || action === undefined) return reply.callNotFound();
        return serve(path, action, request, reply, parts);
      },
    });
  });
}

function decodedPath(url: string): string {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '');
  } catch {
    throw apiError('bad_request');
  }
}

async function serve(
  path: string,
  action: string,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Parts,
): Promise<FastifyReply> {
  const { repositories, log } = parts;
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  const service = action === 'info/refs' ? query.get('service') : action;
  if (!isService(service) || (request.method === 'GET') !== (action === 'info/refs'))
    throw apiError('forbidden_because', 'git speaks smart HTTP here');
  const { project, role, caller } = await authorize(path, service, request, parts);
  const repository = repositories.of(project.id);
  const protocol = protocolOf(request.headers['git-protocol'] as string | undefined);
  reply.headers(NO_CACHE);
  if (action === 'info/refs') {
    reply.header('content-type', `application/x-${service}-advertisement`);
    return reply.send(await advertiseRefs(repository, service, protocol));
  }
  const sent = request.body instanceof Readable ? request.body : Readable.from([]);
  const body = decodedBody(sent, request.headers['content-encoding']);
  if (!body) throw new ApiError(415, { error: 'The provided content-encoding is not supported.' });
  reply.header('content-type', `application/x-${service}-result`);
  if (service === 'git-upload-pack') return reply.send(uploadPack(repository, body, { protocol, log }));
  const user_id = caller.user?.id ?? 0;
  const callbacks = takePush(parts, { project, role, user_id });
  try {
    return await reply.send(await receivePack(repository, body, callbacks, log));
  } catch (error) {
    if (error instanceof GitError) throw apiError('bad_request');
    throw error;
  }
}

/** The project with the caller's rights on it. Who is nobody is asked for a password, whatever there is. */
async function authorize(path: string, service: Service, request: FastifyRequest, { db, clock }: Parts) {
  const writes = service === 'git-receive-pack';
  const now = clock();
  const today = dayOf(now);
  const caller: Caller = await gitCaller(db, request.headers.authorization, { writes, now });
  const ability = writes ? 'push_code' : 'read_code';
  if (writes && caller.kind === 'anonymous') throw challenge();
  // A job reads; it pushes only with a token of its own that somebody gave it.
  if (writes && caller.kind === 'job')
    throw apiError('forbidden_because', 'You are not allowed to push code with a job token.');
  try {
    return { ...(await authorizeProject(db.read, caller, path, ability, today)), caller };
  } catch (error) {
    if (error instanceof ApiError && caller.kind === 'anonymous') throw challenge();
    throw error;
  }
}
