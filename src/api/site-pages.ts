import { Type } from 'typebox';
import { findUser } from '../access/access-store.ts';
import { ANONYMOUS, type Caller } from '../access/caller.ts';
import { apiError } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import { inertHeaders } from '../http/inert-file.ts';
import { isNavigation } from '../http/request-origin.ts';
import { type Call, Reply, route, type Route } from '../http/route.ts';
import { sessionCaller } from '../http/session-caller.ts';
import { authorizeProject } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { goTo, pathOf, restOf, showJobPage, showSitePage } from './show-page.ts';
import { readSitePass, type SitePass } from './site-pass.ts';

/** Pages that jobs have made, under addresses that let them find what belongs to them. */
export function sitePageRoutes(parts: Parts): Route[] {
  const { db, clock, url, secretKey } = parts;
  return [
    route({
      method: 'GET',
      path: '/-/site/:pass/:page+',
      summary:
        'A page of a site, or of what a job has left, under an address that lets its own files be found',
      tag: 'Pages',
      ability: 'site_pass',
      params: Type.Object({ pass: Type.String(), page: Type.String() }),
      reply: 'text/html',
      handler: async (call) => {
        const { pass: text, page } = call.params;
        const pass = await readSitePass(secretKey, text, clock());
        if (!pass) throw apiError('not_found');
        const caller = await visitorOf(parts, pass, call);
        if (caller === null) return refusal(pass, call, url());
        const id = String(pass.project_id);
        const found = await authorizeProject(db.read, caller, id, 'read_build', dayOf(clock()));
        const shown = { ...found, page, at: `/-/site/${text}` };
        if (pass.job_id === null)
          return showSitePage(parts, { ...shown, at: url() + shown.at }, call.headers);
        // Nothing of a job's is shown where it would look like a page of this server: only in a frame of one.
        if (isNavigation(call.headers))
          return goTo(
            `/${found.project.path_with_namespace}/-/jobs/${pass.job_id}/artifacts/file/${pathOf(page)}`,
          );
        return showJobPage(parts, { ...shown, job_id: pass.job_id }, call.headers);
      },
    }),
  ];
}

/**
 * Who looks by a pass: whoever has it, for what belongs to a page, and in a frame of ours, where a page that is gone to
 * brings no cookie. To a site itself a person comes with the session that the pass was made for, so the address is of
 * no use to others, should somebody pass it on.
 */
async function visitorOf(
  { db, clock, url, limits }: Parts,
  pass: SitePass,
  { headers }: Call<unknown>,
): Promise<Caller | null> {
  if (pass.hasExpired) return null;
  if (pass.user_id === null) return ANONYMOUS;
  if (pass.job_id === null && isNavigation(headers)) {
    const rules = { reads: true, session: { idle: limits.session_expire_delay, url } };
    const caller = await sessionCaller(db, headers, rules, clock());
    return caller?.user?.id === pass.user_id ? caller : null;
  }
  const user = await findUser(db.read, pass.user_id);
  return user?.state === 'active' ? { kind: 'user', user, token: null, session: null } : null;
}

function refusal(pass: SitePass, { headers, url: asked }: Call<unknown>, url: string): Reply {
  if (pass.job_id === null && isNavigation(headers))
    return goTo(`${url}/-/pages/${pass.project_id}/${restOf(asked)}`);
  if (pass.job_id === null) throw apiError('not_found');
  return new Reply(404, ENDED, inertHeaders('ended.txt'));
}

const ENDED = 'This was open for long, and its address has ended. Reload the page that it is in.\n';
