import fc from 'fast-check';
import type { Route } from '../../src/http/route.ts';
import { bodyOf } from './any-body.ts';
import { credentials, headers } from './any-headers.ts';
import { queryOf } from './any-parameters.ts';
import { pathOf } from './any-path.ts';
import type { Shape } from './hostile-values.ts';
import { GIT, type Target } from './target.ts';

/** What is sent, with names of place.ts in it. */
export interface AnyRequest {
  /** The route it is meant for. */
  route: string;
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body: string | null;
  /** `latin1` makes bytes that are no UTF-8. */
  encoding: 'utf8' | 'latin1';
}

/** These routes, and git's. */
export const targetsOf = (routes: readonly Route[]): Target[] => [
  ...routes.map(({ method, path, body, params }) => ({ method, path, body, params: params as Shape })),
  ...GIT,
];

/** Requests to any of these. */
export const anyRequest = (targets: readonly Target[]): fc.Arbitrary<AnyRequest> =>
  fc.constantFrom(...targets).chain(requestTo);

/** Requests to this one: some good, most with something in them that nobody expects. */
export function requestTo(target: Target): fc.Arbitrary<AnyRequest> {
  return fc
    .record({
      method: fc.oneof(
        { weight: 20, arbitrary: fc.constant<string>(target.method) },
        { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'PUT', 'DELETE', 'GET') },
      ),
      path: pathOf(target),
      query: queryOf(target),
      body: bodyOf(target),
      credentials,
      more: headers,
    })
    .map(({ method, path, query, body, credentials: caller, more }) => {
      const carries = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
      return {
        route: `${target.method} ${target.path}`,
        method,
        path: path + query,
        headers: { ...caller, ...more, ...(carries ? body.headers : {}) },
        body: carries ? body.body : null,
        encoding: body.encoding,
      };
    });
}
