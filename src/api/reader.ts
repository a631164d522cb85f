import { type Caller, isAdmin, type User } from '../access/caller.ts';
import { badParameters } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import type { Viewer } from '../projects/reach-store.ts';
import type { Reader } from './entities/user.ts';

/** The caller as entities want to know who reads. */
export const readerOf = (caller: Caller): Reader =>
  caller.user === null ? null : { id: caller.user.id, admin: isAdmin(caller) };

/** The caller as lists of projects and groups want to know who looks. A job looks like any user. */
export const viewerOf = (caller: Caller, now: number): Viewer => ({
  user_id: caller.user?.id ?? null,
  admin: isAdmin(caller),
  today: dayOf(now),
});

/** The user of a route that nobody reaches without one. */
export function userOf(caller: Caller): User {
  if (!caller.user) throw new Error('a route for users was reached by nobody');
  return caller.user;
}

/** The session that a request comes from; null when it has a token. */
export const sessionIdOf = (caller: Caller) =>
  caller.kind === 'user' && caller.token === null ? (caller.session?.id ?? null) : null;

/** @throws 400 in GitLab's words when none of these parameters is given */
export function needOneOf(params: Record<string, unknown>, names: readonly string[]): void {
  if (names.some((name) => params[name] !== undefined)) return;
  const verb = names.length > 1 ? 'are' : 'is';
  throw badParameters([`${names.join(', ')} ${verb} missing, at least one parameter must be provided`]);
}
