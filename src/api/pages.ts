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
import { mayReadArtifact } from './artifacts.ts';

const INDEX = 'index.html';

/** The site that the latest successful job with `pages` of the default branch has made. */
export function pagesRoutes({ db, clock, url, blobs, indexes }: Parts): Route[] {
  const reads = { method: 'GET', tag: 'Pages', ability: 'read_build', jobToken: true } as const;
  return [
    projectRoute({
      ...reads,
      path: '/-/pages/:id',
      summary: 'Go to the first page of a project’s site',
      params: Type.Object({ id: subjectId }),
      status: 302,
      reply: null,
      handler: async ({ project }) =>
        new Reply(302, null, { location: `${url()}/-/pages/${project.id}/${INDEX}` }),
    }),
    projectRoute({
      ...reads,
      path: '/-/pages/:id/:page+',
      summary: 'A file of a project’s site, shown in a sandbox; of a folder its index.html',
      params: Type.Object({ id: subjectId, page: Type.String() }),
      reply: 'text/html',
      handler: async ({ project, role, params, headers }) => {
        const branch = project.default_branch;
        const site = branch === null ? null : await findSite(db.read, project.id, branch, clock());
        const artifact = site && (await findArtifact(db, site.job_id));
        if (!site || !artifact || !isAvailable(artifact, clock())) throw apiError('not_found');
        if (!mayReadArtifact(artifact, role)) throw apiError('forbidden');
        const wanted = params.page.replace(/\/$/, `/${INDEX}`);
        const folder = site.publish.replace(/^(\.?\/)+|\/+$/g, '');
        const path = [folder, wanted].filter((part) => part !== '' && part !== '.').join('/');
        const found =
          (await openArchiveFile(blobs, indexes, artifact, path)) ??
          (await openArchiveFile(blobs, indexes, artifact, `${path}/${INDEX}`));
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
