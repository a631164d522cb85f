import type { IncomingHttpHeaders } from 'node:http';
import type { Role } from '../access/permissions.ts';
import { openArchiveFile } from '../artifacts/archive-file.ts';
import { type Artifact, findArtifact, isAvailable } from '../artifacts/artifact-store.ts';
import { mayReadArtifact } from '../artifacts/may-read-artifact.ts';
import { apiError } from '../errors.ts';
import { framedWithOthersHeaders } from '../http/framed-file.ts';
import { isKnown } from '../http/ranged.ts';
import { Reply } from '../http/route.ts';
import { siteHeaders } from '../http/site-file.ts';
import type { Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { findSite } from '../pipelines/pages-store.ts';
import { siteFolder } from '../pipelines/site-folder.ts';
import { buildOf } from './jobs.ts';

export const INDEX = 'index.html';

interface Shown {
  project: Project;
  role: Role;
  /** The path of the page; of a folder, with a slash at its end, its index.html is shown. */
  page: string;
  /** Before the page in its address. */
  at: string;
}

/**
 * A page of the project's site, or what belongs to one.
 * @throws 404 when there is none, 403 when the job keeps it from callers of this role
 */
export async function showSitePage(parts: Parts, shown: Shown, headers: IncomingHttpHeaders): Promise<Reply> {
  const { db, clock } = parts;
  const branch = shown.project.default_branch;
  const site = branch === null ? null : await findSite(db.read, shown.project.id, branch, clock());
  const artifact = site && (await findArtifact(db, site.job_id));
  const folder = site === null ? '' : siteFolder(site.publish);
  return showFile(parts, { ...shown, artifact, folder, headersOf: siteHeaders }, headers);
}

/**
 * A page of what the job has left, for a frame of the web app, or what belongs to one.
 * @throws as showSitePage
 */
export async function showJobPage(
  parts: Parts,
  { job_id, ...shown }: Shown & { job_id: number },
  headers: IncomingHttpHeaders,
): Promise<Reply> {
  const job = await buildOf(parts.db, shown.project.id, job_id);
  const artifact = await findArtifact(parts.db, job.id);
  return showFile(parts, { ...shown, artifact, folder: '', headersOf: framedWithOthersHeaders }, headers);
}

interface InArchive extends Shown {
  artifact: Artifact | null;
  /** Of the archive, in which the pages are. */
  folder: string;
  headersOf: (path: string) => Record<string, string>;
}

async function showFile(
  { clock, blobs, indexes }: Parts,
  { artifact, role, folder, page, at, headersOf }: InArchive,
  headers: IncomingHttpHeaders,
): Promise<Reply> {
  if (!artifact || !isAvailable(artifact, clock())) throw apiError('not_found');
  if (!mayReadArtifact(artifact, role)) throw apiError('forbidden');
  const wanted = page.replace(/\/$/, `/${INDEX}`);
  const inArchive = (path: string) => (folder === '' ? path : `${folder}/${path}`);
  const found = await openArchiveFile(blobs, indexes, artifact, inArchive(wanted));
  // What the page links to is looked for below the folder, and not beside it.
  if (!found && (await indexes.get(artifact))?.find(inArchive(`${wanted}/${INDEX}`)))
    return goTo(`${at}/${pathOf(wanted)}/`);
  if (!found) throw apiError('not_found');
  const shown = { ...headersOf(wanted), ETag: found.etag };
  if (isKnown(headers, found.etag)) {
    found.stream.destroy();
    return new Reply(304, null, shown);
  }
  return new Reply(200, found.stream, { ...shown, 'Content-Length': String(found.size) });
}

/** A path of an archive as it stands in an address. */
export const pathOf = (path: string) => path.split('/').map(encodeURIComponent).join('/');

export const goTo = (location: string) =>
  new Reply(302, null, { location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });

/** What stands behind the project or the pass in the address: the page, and what is asked of it. */
export const restOf = (url: string) => /^\/-\/(?:pages|site)\/[^/]+\/(.*)$/s.exec(url)?.[1] ?? INDEX;
