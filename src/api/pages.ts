import { Type } from 'typebox';
import { openArchiveFile } from '../artifacts/archive-file.ts';
import { findArtifact, isAvailable } from '../artifacts/artifact-store.ts';
import { apiError } from '../errors.ts';
import { subjectId } from '../http/parameters.ts';
import { projectRoute, Reply, type Route } from '../http/route.ts';
import { siteHeaders } from '../http/site-file.ts';
import { isKnown } from '../http/ranged.ts';
import type { Parts } from '../parts.ts';
import { findSite } from '../pipelines/pages-store.ts';
import { siteFolder } from '../pipelines/site-folder.ts';
import { mayReadArtifact } from './artifacts.ts';

const INDEX = 'index.html';
/** Under which a query may carry a token. */
const TOKENS = ['private_token', 'access_token', 'bearer_token', 'job_token', 'token'];

/** The site that the latest successful job with `pages` of the default branch has made. */
export function pagesRoutes({ db, clock, url, blobs, indexes }: Parts): Route[] {
  const reads = { method: 'GET', tag: 'Pages', ability: 'read_build', jobToken: true } as const;
  const goTo = (project: { id: number }, page: string) =>
    new Reply(302, null, { location: `${url()}/-/pages/${project.id}/${page}` });
  const first = (path: string) =>
    projectRoute({
      ...reads,
      path,
      summary: 'Go to the first page of a project’s site',
      params: Type.Object({ id: subjectId }),
      status: 302,
      reply: null,
      handler: async ({ project }) => goTo(project, INDEX),
    });
  return [
    first('/-/pages/:id'),
    first('/-/pages/:id/'),
    projectRoute({
      ...reads,
      path: '/-/pages/:id/:page+',
      summary: 'A file of a project’s site, shown in a sandbox; of a folder its index.html',
      params: Type.Object({ id: subjectId, page: Type.String() }),
      reply: 'text/html',
      handler: async ({ project, role, params, headers, url: asked }) => {
        refuseTokenIn(asked);
        const branch = project.default_branch;
        const site = branch === null ? null : await findSite(db.read, project.id, branch, clock());
        const artifact = site && (await findArtifact(db, site.job_id));
        if (!site || !artifact || !isAvailable(artifact, clock())) throw apiError('not_found');
        if (!mayReadArtifact(artifact, role)) throw apiError('forbidden');
        const wanted = params.page.replace(/\/$/, `/${INDEX}`);
        const folder = siteFolder(site.publish);
        const inArchive = (page: string) => (folder === '' ? page : `${folder}/${page}`);
        const found = await openArchiveFile(blobs, indexes, artifact, inArchive(wanted));
        // What the page links to is looked for below the folder, and not beside it.
        if (!found && (await indexes.get(artifact))?.find(inArchive(`${wanted}/${INDEX}`)))
          return goTo(project, `${wanted.split('/').map(encodeURIComponent).join('/')}/`);
        if (!found) throw apiError('not_found');
        const shown = { ...siteHeaders(wanted), ETag: found.etag };
        if (isKnown(headers, found.etag)) {
          found.stream.destroy();
          return new Reply(304, null, shown);
        }
        return new Reply(200, found.stream, { ...shown, 'Content-Length': String(found.size) });
      },
    }),
  ];
}

/** Scripts of a page see its address, and may tell anybody. @throws 400 */
function refuseTokenIn(address: string): void {
  const query = new URLSearchParams(/\?(.*)$/s.exec(address)?.[1] ?? '');
  if (TOKENS.some((name) => query.has(name))) throw apiError('bad_request_because', TOKEN_SEEN);
}

const TOKEN_SEEN = 'a token goes into a header here: a page could read it in its address';
