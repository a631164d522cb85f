import { Type } from 'typebox';
import { apiError } from '../errors.ts';
import { subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { goTo, INDEX, restOf, showSitePage } from './show-page.ts';
import { createSitePass } from './site-pass.ts';

/** Under which a query may carry a token. */
const TOKENS = ['private_token', 'access_token', 'bearer_token', 'job_token', 'token'];
const tag = 'Pages';

/** The site that the latest successful job with `pages` of the default branch has made. */
export function pagesRoutes(parts: Parts): Route[] {
  const { clock, url, secretKey } = parts;
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
      handler: async ({ project, role, caller, params, headers, url: asked }) => {
        refuseTokenIn(asked);
        if (caller.kind === 'user' && caller.token === null) {
          const whose = { user_id: caller.user.id, project_id: project.id, job_id: null };
          return goTo(`${url()}/-/site/${await createSitePass(secretKey, whose, clock())}/${restOf(asked)}`);
        }
        const shown = { project, role, page: params.page, at: `${url()}/-/pages/${project.id}` };
        return showSitePage(parts, shown, headers);
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
