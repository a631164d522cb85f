import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, apiError } from '../errors.ts';
import { GitError } from '../git/git-error.ts';
import { EndOfStream } from '../git/read-bytes.ts';
import { dayOf } from '../http/day.ts';
import { authorizeProject } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { advertiseRefs, uploadPack } from './fetch.ts';
import { challenge, gitCaller } from './git-caller.ts';
import { receivePack } from './push.ts';
import { decodedBody, isService, NO_CACHE, protocolOf, type Service } from './service.ts';
import { takePush } from './take-push.ts';

/** What of a repository is asked for: `info/refs`, or a service. */
interface Asked {
  /** The project's full path. */
  path: string;
  action: string;
}

/** Answers a request of git's. @throws ApiError, with a challenge where a password is missing or wrong */
export async function serveGit(
  { path, action }: Asked,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Parts,
): Promise<FastifyReply> {
  const { repositories, log } = parts;
  const service = serviceOf(action, request);
  const { project, role, user_id } = await authorize(path, service, request, parts);
  const repository = repositories.of(project.id);
  const protocol = protocolOf(request.headers['git-protocol'] as string | undefined);
  reply.headers(NO_CACHE);
  if (action === 'info/refs') {
    reply.header('content-type', `application/x-${service}-advertisement`);
    return reply.send(await advertiseRefs(repository, service, protocol));
  }
  const sent = request.body instanceof Readable ? request.body : Readable.from([]);
  const body = decodedBody(sent, request.headers['content-encoding']);
  if (!body) throw new ApiError(415, { message: 'The provided content-encoding is not supported.' });
  reply.header('content-type', `application/x-${service}-result`);
  if (service === 'git-upload-pack') return reply.send(uploadPack(repository, body, { protocol, log }));
  const callbacks = takePush(parts, { project, role, user_id });
  try {
    return await reply.send(await receivePack(repository, body, callbacks, log));
  } catch (error) {
    if (isSendersFault(error)) throw apiError('bad_request');
    throw error;
  }
}

function serviceOf(action: string, request: FastifyRequest): Service {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  const service = action === 'info/refs' ? query.get('service') : action;
  if (isService(service) && (request.method === 'GET') === (action === 'info/refs')) return service;
  throw apiError(
    'forbidden_because',
    'Only git’s smart HTTP is served here: git-upload-pack, git-receive-pack.',
  );
}

/** No pack, half a pack, or something that is not compressed as it says. */
const isSendersFault = (error: unknown) =>
  error instanceof EndOfStream ||
  (error instanceof GitError && error.code === 'bad_request') ||
  (error instanceof Error && 'code' in error && /^Z_|ECONNRESET|ERR_STREAM/.test(String(error.code)));

/** The project, with what the caller is there. Who is nobody is asked for a password, whatever there is. */
async function authorize(path: string, service: Service, request: FastifyRequest, { db, clock }: Parts) {
  const writes = service === 'git-receive-pack';
  const now = clock();
  const caller = await gitCaller(db, request.headers.authorization, { writes, now });
  if (writes && caller.kind === 'anonymous') throw challenge();
  // A job reads; it pushes only with a token of its own that somebody gave it.
  if (writes && caller.kind === 'job')
    throw apiError('forbidden_because', 'You are not allowed to push code with a job token.');
  try {
    const ability = writes ? 'push_code' : 'read_code';
    const found = await authorizeProject(db.read, caller, path, ability, dayOf(now));
    return { ...found, user_id: caller.user?.id ?? 0 };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (caller.kind === 'anonymous') throw challenge();
    throw caller.kind === 'user'
      ? new ApiError(error.status, { message: reason(error.status, writes) })
      : error;
  }
}

/** Why a user is refused, in the words that GitLab has for git. */
function reason(status: number, writes: boolean): string {
  if (status !== 403)
    return "The project you were looking for could not be found or you don't have permission to view it.";
  return writes
    ? 'You are not allowed to push code to this project.'
    : 'You are not allowed to download code from this project.';
}
