import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.ts';
import type { Role } from '../access/permissions.ts';
import type { Call, Route } from './route.ts';
import type { Group, Project } from './subjects.ts';

/** Whom or what a route's `:id` names. */
export interface Subject {
  project?: Project;
  group?: Group;
  role?: Role;
}

/** What a request asks for, and in whose name. */
interface Asked {
  params: unknown;
  caller: Caller;
  subject: Subject;
  /** Who asks by now. */
  again: () => Promise<Caller>;
}

/** What a handler gets. */
export class RequestCall implements Call<unknown>, Subject {
  readonly params: unknown;
  readonly caller: Caller;
  readonly project: Project | undefined;
  readonly group: Group | undefined;
  readonly role: Role | undefined;
  readonly again: () => Promise<Caller>;
  readonly #route: Route;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #stopping: AbortSignal;

  constructor(
    { params, caller, subject, again }: Asked,
    route: Route,
    request: FastifyRequest,
    reply: FastifyReply,
    stopping: AbortSignal,
  ) {
    this.params = params;
    this.caller = caller;
    this.again = again;
    this.project = subject.project;
    this.group = subject.group;
    this.role = subject.role;
    this.#route = route;
    this.#request = request;
    this.#reply = reply;
    this.#stopping = stopping;
  }

  get headers() {
    return this.#request.headers;
  }

  get url() {
    return this.#request.url;
  }

  get ip() {
    return this.#request.ip;
  }

  get body(): Readable {
    const { body } = this.#request;
    return this.#route.body === 'stream' && body instanceof Readable ? body : Readable.from([]);
  }

  get signal(): AbortSignal {
    const gone = new AbortController();
    if (this.#reply.raw.closed) gone.abort();
    else this.#reply.raw.once('close', () => gone.abort());
    return AbortSignal.any([gone.signal, this.#stopping]);
  }
}
