import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Static, TObject, TSchema } from 'typebox';
import type { Caller } from '../access/caller.ts';
import type {
  Ability,
  CredentialAbility,
  GroupAbility,
  InstanceAbility,
  ProjectAbility,
  Role,
} from '../access/permissions.ts';
import type { Group, Project } from './subjects.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What every handler gets, besides its subject. */
export interface Call<P> {
  /** Path, query and body parameters in one, checked and converted. */
  params: P;
  caller: Caller;
  headers: IncomingHttpHeaders;
  /** The path and query as sent, for Link headers. */
  url: string;
  ip: string;
  /** The body as it arrives, where the route says `body: 'stream'`; otherwise empty. */
  body: Readable;
  /** Aborted when the client goes away before its reply is written, and when the server stops. */
  signal: AbortSignal;
  /**
   * Who asks, looked at anew with the credentials of the request: for what goes on for long.
   * @throws what a request would be refused with by now
   */
  again(): Promise<Caller>;
}
export interface ProjectCall<P> extends Call<P> {
  project: Project;
  role: Role;
}
export interface GroupCall<P> extends Call<P> {
  group: Group;
  role: Role;
}

/** JSON that is text already, as a reply's body. */
export class JsonText {
  readonly text: string | Buffer;
  /** To be called once the reply has gone out, or does not: the bytes may be another's then. */
  readonly release: (() => void) | null;
  constructor(text: string | Buffer, release: (() => void) | null = null) {
    this.text = text;
    this.release = release;
  }
}

/** A reply other than "the success status with this JSON". */
export class Reply {
  readonly status: number;
  readonly body: object | string | Readable | null;
  readonly headers: Record<string, string | string[]>;
  constructor(
    status: number,
    body: object | string | Readable | null = null,
    headers: Record<string, string | string[]> = {},
  ) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The one object that a route is: validation, permission, documentation and code come from it. */
export interface Route {
  method: Method;
  /**
   * Below /api/v4 unless it starts with `/-/`, `/.well-known/`, `/oauth/` or `/users/auth/`, or ends a git path. `:name` is one encoded segment,
   * `:name+` one or more segments (encoded or not), at most two a path.
   */
  path: string;
  /** One line for the documentation. */
  summary: string;
  /** The page of the documentation. */
  tag: string;
  ability: Ability;
  /** What `:id` names. */
  subject: 'project' | 'group' | 'none';
  params: TObject;
  /** The success status: 200 for GET, PUT and PATCH, 201 for POST, 204 for DELETE, unless said. */
  status: number;
  /** The schema of a successful JSON reply; null for no body; a media type for bytes. */
  reply: TSchema | null | string;
  /** A GET that anonymous callers are refused with 401 whatever the project. Always so for other methods. */
  authenticate: boolean;
  /** A job token counts as a credential here. */
  jobToken: boolean;
  /** Scopes of a personal access token that open this besides `api` (and `read_api` for GET). */
  scopes: readonly string[];
  body: 'parameters' | 'stream';
  /** Bytes. */
  bodyLimit: number;
  handler: (call: never) => Promise<unknown>;
}

interface Options<A, P extends TObject, R, H> {
  method: Method;
  path: string;
  summary: string;
  tag: string;
  ability: A;
  params: P;
  reply: R;
  status?: number;
  authenticate?: boolean;
  jobToken?: boolean;
  scopes?: readonly string[];
  body?: 'parameters' | 'stream';
  bodyLimit?: number;
  handler: H;
}

export type Handler<C, R> = (
  call: C,
) => Promise<(R extends TSchema ? Static<R> : R extends null ? void : never) | Reply>;

const STATUS: Record<Method, number> = { GET: 200, POST: 201, PUT: 200, PATCH: 200, DELETE: 204 };
const BODY_LIMIT = 1024 * 1024;

function complete(
  subject: Route['subject'],
  options: Options<Ability, TObject, Route['reply'], Route['handler']>,
): Route {
  return {
    status: STATUS[options.method],
    authenticate: options.method !== 'GET',
    jobToken: false,
    scopes: [],
    body: 'parameters',
    bodyLimit: BODY_LIMIT,
    ...options,
    subject,
  };
}

/** A route that concerns no project and no group. */
export function route<P extends TObject, R extends TSchema | null | string>(
  options: Options<InstanceAbility | CredentialAbility, P, R, Handler<Call<Static<P>>, R>>,
): Route {
  return complete('none', options);
}

/** A route whose `:id` is a project: looked up, its ability checked, before the handler runs. */
export function projectRoute<P extends TObject, R extends TSchema | null | string>(
  options: Options<ProjectAbility, P, R, Handler<ProjectCall<Static<P>>, R>>,
): Route {
  return complete('project', options);
}

/** A route whose `:id` is a group. */
export function groupRoute<P extends TObject, R extends TSchema | null | string>(
  options: Options<GroupAbility, P, R, Handler<GroupCall<Static<P>>, R>>,
): Route {
  return complete('group', options);
}
