import type { Selectable } from 'kysely';
import type { PersonalAccessTokens, Users } from '../db/rows/access.ts';

export type User = Selectable<Users>;
export type PersonalAccessToken = Selectable<PersonalAccessTokens>;

/** The job whose token a request carries. */
export interface JobIdentity {
  id: number;
  project_id: number;
  pipeline_id: number;
}

/** The session of the browser that a request comes from. */
export interface OpenSession {
  id: number;
  /** The token in its cookie. */
  token: string;
}

/** Who asks. A job acts as the user who started it, on its own project and on what is public. */
export type Caller =
  | { kind: 'anonymous'; user: null }
  | { kind: 'user'; user: User; token: PersonalAccessToken }
  /** Without a session it is what belongs to a page that somebody has opened. */
  | { kind: 'user'; user: User; token: null; session: OpenSession | null }
  | { kind: 'job'; user: User; job: JobIdentity };

export const ANONYMOUS: Caller = { kind: 'anonymous', user: null };

/** Whether a person asks, from a page of this server, and no program. */
export const isInBrowser = (caller: Caller) =>
  caller.kind === 'user' && caller.token === null && caller.session !== null;

/** Whether the caller is an administrator in person; a job of one is not. */
export const isAdmin = (caller: Caller) => caller.kind === 'user' && caller.user.admin === 1;
