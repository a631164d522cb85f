import { Type } from 'typebox';
import { findUser } from '../access/access-store.ts';
import type { Caller } from '../access/caller.ts';
import type { Role } from '../access/permissions.ts';
import { openArchiveFile } from '../artifacts/archive-file.ts';
import { findArtifact, isAvailable } from '../artifacts/artifact-store.ts';
import { apiError } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import { subjectId } from '../http/parameters.ts';
import { isKnown } from '../http/ranged.ts';
import { isNavigation } from '../http/request-origin.ts';
import { type Call, projectRoute, Reply, route, type Route } from '../http/route.ts';
import { sessionCaller } from '../http/session-caller.ts';
import { siteHeaders } from '../http/site-file.ts';
import { authorizeProject, type Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { findSite } from '../pipelines/pages-store.ts';
import { siteFolder } from '../pipelines/site-folder.ts';
import { mayReadArtifact } from './artifacts.ts';
import { createSitePass, readSitePass } from './site-pass.ts';

const INDEX = 'index.html';
/** Under which a query may carry a token. */
const TOKENS = ['private_token', 'access_token', 'bearer_token', 'job_token', 'token'];
const tag = 'Pages';

/** The site that the latest successful job with `pages` of the default branch has made. */
export function pagesRoutes(parts: Parts): Route[] {
  const { db, clock, url, secretKey } = parts;
  const reads = { method: 'GET', tag, ability: 'read_build', jobToken: true } as const;
  const first = (path: string) =>
    projectRoute({
      ...reads,
      path,
      summary: 'Go to the first page of a project’s site',
      params: Type.Object({ id: subjectId }),
      status: 302,
      reply: null,
      handler: async ({ project }) => goTo(`${url()}/-/pages/${project.id}/${INDEX}`),
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
      handler: async (call) => {
        refuseTokenIn(call.url);
        const { project, role, caller, params } = call;
        if (caller.kind === 'user' && caller.token === null) {
          const whose = { user_id: caller.user.id, project_id: project.id };
          return goTo(`${url()}/-/site/${await createSitePass(secretKey, whose, clock())}/${restOf(call)}`);
        }
        return showPage(parts, { project, role, page: params.page, at: `/-/pages/${project.id}` }, call);
      },
    }),
    route({
      method: 'GET',
      path: '/-/site/:pass/:page+',
      summary: 'The same, under an address that lets the page’s own styles and pictures be found',
      tag,
      ability: 'site_pass',
      params: Type.Object({ pass: Type.String(), page: Type.String() }),
      reply: 'text/html',
      handler: async (call) => {
        const { pass: text, page } = call.params;
        const pass = await readSitePass(secretKey, text, clock());
        if (!pass) throw apiError('not_found');
        const caller = await visitorOf(parts, pass, call);
        if (caller === null && isNavigation(call.headers))
          return goTo(`${url()}/-/pages/${pass.project_id}/${restOf(call)}`);
        if (caller === null) throw apiError('not_found');
        const id = String(pass.project_id);
        const found = await authorizeProject(db.read, caller, id, 'read_build', dayOf(clock()));
        return showPage(parts, { ...found, page, at: `/-/site/${text}` }, call);
      },
    }),
  ];
}

/**
 * Who looks at a site by a pass: whoever has it, for what belongs to a page. To a page itself a person comes with the
 * session that the pass was made for, so the address is of no use to others, should somebody pass it on.
 */
async function visitorOf(
  { db, clock, url, limits }: Parts,
  pass: { user_id: number; hasExpired: boolean },
  { headers }: Call<unknown>,
): Promise<Caller | null> {
  if (pass.hasExpired) return null;
  if (isNavigation(headers)) {
    const rules = { reads: true, session: { idle: limits.session_expire_delay, url } };
    const caller = await sessionCaller(db, headers, rules, clock());
    return caller?.user?.id === pass.user_id ? caller : null;
  }
  const user = await findUser(db.read, pass.user_id);
  return user?.state === 'active' ? { kind: 'user', user, token: null, session: null } : null;
}

async function showPage(
  { db, clock, url, blobs, indexes }: Parts,
  { project, role, page, at }: { project: Project; role: Role; page: string; at: string },
  { headers }: Call<unknown>,
): Promise<Reply> {
  const branch = project.default_branch;
  const site = branch === null ? null : await findSite(db.read, project.id, branch, clock());
  const artifact = site && (await findArtifact(db, site.job_id));
  if (!site || !artifact || !isAvailable(artifact, clock())) throw apiError('not_found');
  if (!mayReadArtifact(artifact, role)) throw apiError('forbidden');
  const wanted = page.replace(/\/$/, `/${INDEX}`);
  const folder = siteFolder(site.publish);
  const inArchive = (path: string) => (folder === '' ? path : `${folder}/${path}`);
  const found = await openArchiveFile(blobs, indexes, artifact, inArchive(wanted));
  // What the page links to is looked for below the folder, and not beside it.
  if (!found && (await indexes.get(artifact))?.find(inArchive(`${wanted}/${INDEX}`)))
    return goTo(`${url()}${at}/${wanted.split('/').map(encodeURIComponent).join('/')}/`);
  if (!found) throw apiError('not_found');
  const shown = { ...siteHeaders(wanted), ETag: found.etag };
  if (isKnown(headers, found.etag)) {
    found.stream.destroy();
    return new Reply(304, null, shown);
  }
  return new Reply(200, found.stream, { ...shown, 'Content-Length': String(found.size) });
}

const goTo = (location: string) =>
  new Reply(302, null, { location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });

/** What stands behind the project or the pass: the page, and what is asked of it. */
const restOf = ({ url }: Call<unknown>) => /^\/-\/(?:pages|site)\/[^/]+\/(.*)$/s.exec(url)?.[1] ?? INDEX;

/** Scripts of a page see its address, and may tell anybody. @throws 400 */
function refuseTokenIn(address: string): void {
  const query = new URLSearchParams(/\?(.*)$/s.exec(address)?.[1] ?? '');
  if (TOKENS.some((name) => query.has(name))) throw apiError('bad_request_because', TOKEN_SEEN);
}

const TOKEN_SEEN = 'a token goes into a header here: a page could read it in its address';
