import type { Expected, Role, Visibility } from './expected.ts';

/** Everybody who calls, in the order in which they do. */
export const CALLERS = [
  'anonymous',
  'outsider',
  'guest',
  'reporter',
  'developer',
  'maintainer',
  'owner',
  'admin',
  /** The owner, with a token that may only read. */
  'read_api',
  /** The token of a job of this project, which the developer started. */
  'job',
  /** The same of another project. */
  'other_job',
  'expired',
  'revoked',
] as const;
export type Caller = (typeof CALLERS)[number];

const ROLES: readonly Role[] = [
  'anonymous',
  'outsider',
  'guest',
  'reporter',
  'developer',
  'maintainer',
  'owner',
  'admin',
];

/** A project or group that is called on. */
export interface Subject {
  visibility: Visibility;
  /** What is special about its CI. */
  jobs: 'public' | 'not public' | 'for members';
}

/** A status, or `hidden`: 404 as if the project or group did not exist. */
export type Outcome = number | 'hidden';

/** What the caller gets. */
export function decide(method: string, line: Expected, caller: Caller, subject: Subject): Outcome {
  const isStale = caller === 'expired' || caller === 'revoked';
  if ('own' in line) {
    if (isStale && line.checksToken) return 401;
    return caller === 'anonymous' ? (line.anonymous ?? line.ok) : line.ok;
  }
  if (isStale) return 401;
  if (caller === 'read_api' && method !== 'GET' && !line.anyScope) return 403;
  if ('job' in line)
    return caller === 'job' || caller === 'other_job' ? line.ok : caller === 'anonymous' ? 401 : 404;
  const isJob = caller === 'job' || caller === 'other_job';
  if (caller === 'other_job' && line.jobToken && subject.visibility === 'private') return 403;
  const role: Role =
    caller === 'read_api'
      ? 'owner'
      : !isJob
        ? caller
        : !line.jobToken
          ? 'anonymous'
          : caller === 'job'
            ? 'developer'
            : 'outsider';
  const reaches = (least: Role) => ROLES.indexOf(role) >= ROLES.indexOf(least);
  if ('server' in line)
    return reaches(line.server) ? line.ok : role === 'anonymous' ? 401 : (line.refused ?? 403);
  if (role === 'anonymous' && (method !== 'GET' || line.authenticates || 'runner' in line)) return 401;
  if ('runner' in line) return reaches(line.runner) ? line.ok : 403;
  const visible: Record<Visibility, Role> = { private: 'guest', internal: 'outsider', public: 'anonymous' };
  if (!reaches(visible[subject.visibility])) return 'hidden';
  if ('group' in line) return reaches(line.group[subject.visibility]) ? line.ok : 403;
  if (line.jobs && subject.jobs === 'for members' && !reaches('guest')) return 403;
  if (line.jobs === 'closed' && subject.jobs === 'not public' && !reaches('reporter')) return 403;
  return reaches(line.project[subject.visibility]) ? line.ok : 403;
}
