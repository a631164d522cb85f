import type { Route } from '../../src/http/route.ts';
import type { Shape } from './hostile-values.ts';

/** What of a route requests are made from. */
export type Target = Pick<Route, 'method' | 'path' | 'body'> & { params: Shape };

const git = (method: 'GET' | 'POST', action: string): Target => ({
  method,
  path: `/:repository+/${action}`,
  body: 'stream',
  params: { properties: { service: { enum: ['git-upload-pack', 'git-receive-pack'] } } },
});

/** git's paths, which are no routes of the API. */
export const GIT = [
  git('GET', 'info/refs'),
  git('GET', 'HEAD'),
  git('POST', 'git-upload-pack'),
  git('POST', 'git-receive-pack'),
];
