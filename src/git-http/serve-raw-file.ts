import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiError } from '../errors.ts';
import { findFile, openBlob } from '../git/file.ts';
import type { Repository } from '../git/repository.ts';
import { findBranchTip, findCommitId, findTagCommit } from '../git/revision.ts';
import { authenticate } from '../http/authenticate.ts';
import { nestPairs } from '../http/body.ts';
import { dayOf } from '../http/day.ts';
import { inertHeaders } from '../http/inert-file.ts';
import { authorizeProject } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';

/** A file of a project by its address for people, of which tools fetch includes. */
interface Asked {
  /** The project's full path. */
  path: string;
  /** The ref, which may have slashes, and the file's path. */
  file: string;
}

/** Where a ref has more parts than this, it is not found. */
const DEEPEST_REF = 30;

/** Answers a file's bytes, never as a page of this server. @throws 404 */
export async function serveRawFile(
  { path, file }: Asked,
  request: FastifyRequest,
  reply: FastifyReply,
  { db, clock, repositories, limits, url }: Parts,
): Promise<FastifyReply> {
  const parameters = nestPairs(new URLSearchParams(request.url.split('?')[1] ?? ''));
  const session = { idle: limits.session_expire_delay, url };
  const wanted = { reads: true, jobToken: false, scopes: ['read_repository'], session };
  const now = clock();
  const caller = await authenticate(db, { headers: request.headers, parameters }, wanted, now);
  const { project } = await authorizeProject(db.read, caller, path, 'read_code', dayOf(now));
  const repository = repositories.of(project.id);
  const place = await splitRef(repository, file);
  const found = place && (await findFile(repository, place.commit_id, place.file));
  if (!found) throw apiError('not_found');
  reply.headers({ ...inertHeaders(found.file_name), 'content-length': String(found.size) });
  return reply.send(request.method === 'HEAD' ? '' : openBlob(repository, found.blob_id));
}

/** The longest branch or tag that the text begins with, otherwise what its first part names. */
async function splitRef(repository: Repository, text: string) {
  const parts = text.split('/');
  for (let many = Math.min(parts.length - 1, DEEPEST_REF); many > 0; many -= 1) {
    const ref = parts.slice(0, many).join('/');
    const commit_id =
      (await findBranchTip(repository, ref)) ??
      (await findTagCommit(repository, ref)) ??
      (many === 1 ? await findCommitId(repository, ref) : undefined);
    if (commit_id !== undefined) return { commit_id, file: parts.slice(many).join('/') };
  }
  return undefined;
}
