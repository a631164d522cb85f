import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.ts';
import {
  allowsOnInstance,
  type CredentialAbility,
  type GroupAbility,
  INSTANCE,
  type InstanceAbility,
  type ProjectAbility,
} from '../access/permissions.ts';
import type { Database } from '../db/database.ts';
import { unavailableBecause } from '../db/unavailable.ts';
import { ApiError, apiError, forbiddenBelow } from '../errors.ts';
import { authenticate } from './authenticate.ts';
import { boundBodies, nestPairs, parseBodies, streamBodies } from './body.ts';
import { LARGE, sendLarge } from './compressed.ts';
import { dayOf } from './day.ts';
import { readParameters } from './parameters.ts';
import { type CompiledPath, compilePath } from './path.ts';
import { RequestCall, type Subject } from './request-call.ts';
import { JsonText, Reply, type Route } from './route.ts';
import type { SessionRules } from './session-caller.ts';
import { authorizeGroup, authorizeProject } from './subjects.ts';

export interface Mounted {
  db: Database;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** Checks each reply against what its route declares, and throws where they differ: for tests. */
  checkReply: ((route: Route, status: number, body: unknown) => void) | null;
  /** Milliseconds in which the body of a request must have come, where the route does not read it itself. */
  bodyTimeout: number;
  session: SessionRules;
}

/** Puts the routes on the server: each request is authenticated, checked, authorized, then handled. */
export function mountRoutes(app: FastifyInstance, routes: readonly Route[], mounted: Mounted): void {
  const stopping = new AbortController();
  app.addHook('preClose', async () => stopping.abort());
  const whole = { ...mounted, stopping: stopping.signal };
  const paths = new Map<string, { route: Route; path: CompiledPath }[]>();
  for (const route of routes) {
    const path = compilePath(route.path);
    const key = `${route.method} ${path.mount} ${route.body}`;
    paths.set(key, [...(paths.get(key) ?? []), { route, path }]);
  }
  const scope = (body: Route['body'], prepare: (app: FastifyInstance) => void) =>
    app.register(async (child) => {
      prepare(child);
      for (const alternatives of paths.values()) {
        const first = alternatives[0];
        if (!first || first.route.body !== body) continue;
        child.route({
          method: first.route.method,
          url: first.path.mount,
          bodyLimit: Math.max(...alternatives.map(({ route }) => route.bodyLimit)),
          handler: async (request, reply) => {
            for (const { route, path } of alternatives) {
              const names = path.match(request.url);
              if (names) return answer(route, names, request, reply, whole);
            }
            throw new ApiError(404, { error: '404 Not Found' });
          },
        });
      }
    });
  scope('parameters', (child) => {
    parseBodies(child);
    boundBodies(child, mounted.bodyTimeout);
  });
  scope('stream', streamBodies);
}

async function answer(
  route: Route,
  names: Record<string, string>,
  request: FastifyRequest,
  reply: FastifyReply,
  mounted: Mounted & { stopping: AbortSignal },
): Promise<FastifyReply> {
  // A refusal, too, may tell of what others have just committed.
  const value = await valueOf(route, names, request, reply, mounted).finally(() => mounted.db.unsettled());
  return send(route, value, request, reply, mounted);
}

/** What the route's handler has to say. */
async function valueOf(
  route: Route,
  names: Record<string, string>,
  request: FastifyRequest,
  reply: FastifyReply,
  mounted: Mounted & { stopping: AbortSignal },
): Promise<unknown> {
  const raw = parametersOf(route, names, request);
  const now = mounted.clock();
  const today = dayOf(now);
  const caller = await callerOf(route, request, raw, mounted, now);
  const params = readParameters(route.params, raw);
  const subject = await subjectOf(route, names.id ?? '', caller, mounted, today);
  const again = () => callerOf(route, request, raw, mounted, mounted.clock());
  const handler = route.handler as (call: RequestCall) => Promise<unknown>;
  const asked = { params, caller, subject, again };
  try {
    return await handler(new RequestCall(asked, route, request, reply, mounted.stopping));
  } catch (error) {
    // Whatever fails since its project is deleted just now: there is none, then.
    const subjectId = (subject.project ?? subject.group)?.id;
    const isTold = error instanceof ApiError || unavailableBecause(error) !== null;
    if (subjectId !== undefined && !isTold && route.method !== 'DELETE')
      await subjectOf(route, String(subjectId), caller, mounted, today);
    throw error;
  }
}

function parametersOf(route: Route, names: Record<string, string>, request: FastifyRequest) {
  const { url, body } = request;
  const start = url.indexOf('?');
  const raw =
    start < 0
      ? (Object.create(null) as Record<string, unknown>)
      : nestPairs(new URLSearchParams(url.slice(start + 1)));
  if (route.body !== 'stream' && typeof body === 'object' && body !== null && !Array.isArray(body))
    Object.assign(raw, body);
  return Object.assign(raw, names);
}

/** What the handler looks for in the parameters; whoever else asks does not matter. */
const OWN_CREDENTIALS: ReadonlySet<string> = new Set<CredentialAbility>([
  'runner_token',
  'registration_token',
  'trigger_token',
  'sign_in',
  'site_pass',
]);

async function callerOf(
  route: Route,
  request: FastifyRequest,
  parameters: Record<string, unknown>,
  { db, session }: Mounted,
  now: number,
): Promise<Caller> {
  if (OWN_CREDENTIALS.has(route.ability)) return { kind: 'anonymous', user: null };
  const wanted = {
    reads: route.method === 'GET',
    jobToken: route.jobToken,
    scopes: route.scopes,
    rotates: route.path.endsWith('/rotate'),
    session,
  };
  const caller = await authenticate(db, { headers: request.headers, parameters }, wanted, now);
  if (route.authenticate && caller.kind === 'anonymous' && route.ability !== 'job_token')
    throw apiError('unauthorized');
  if (route.ability in INSTANCE) {
    const role = caller.kind === 'anonymous' ? 'anonymous' : caller.user.admin === 1 ? 'admin' : 'outsider';
    const effective = caller.kind === 'job' && role === 'admin' ? 'outsider' : role;
    const ability = route.ability as InstanceAbility;
    if (!allowsOnInstance(ability, effective))
      throw caller.kind === 'anonymous' ? apiError('unauthorized') : forbiddenBelow(INSTANCE[ability]);
  }
  return caller;
}

async function subjectOf(
  route: Route,
  id: string,
  caller: Caller,
  { db }: Mounted,
  today: string,
): Promise<Subject> {
  if (route.subject === 'project')
    return authorizeProject(db.read, caller, id, route.ability as ProjectAbility, today);
  if (route.subject === 'group')
    return authorizeGroup(db.read, caller, id, route.ability as GroupAbility, today);
  return NONE;
}

const NONE: Subject = {};

function send(
  route: Route,
  value: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { checkReply }: Mounted,
): FastifyReply {
  const { status, body, headers } =
    value instanceof Reply ? value : { status: route.status, body: value ?? null, headers: {} };
  reply.code(status).headers(headers);
  if (body instanceof JsonText) releaseAfter(reply, body);
  checkReply?.(route, status, body);
  const isNullJson = value === null && typeof route.reply === 'object' && route.reply !== null;
  if (body === null && !isNullJson) return reply.send();
  if (body instanceof Readable && request.method === 'HEAD') {
    // Else all of it would be read to be thrown away.
    body.destroy();
    return reply.send(Readable.from([]));
  }
  if (body instanceof Readable) return reply.send(body);
  if (typeof body === 'string') return reply.send(body);
  // Fastify would say the charset too, which JSON has none of.
  reply.header('content-type', 'application/json').serializer(asItIs);
  // As bytes, for behind a text Node writes the headers in UTF-8 too, and a file's path may stand there.
  const json = body instanceof JsonText ? body.text : Buffer.from(JSON.stringify(body));
  const isCompressible = json.length >= LARGE && COMPRESSIBLE.has(request.method);
  return isCompressible ? sendLarge(json, request.headers, reply) : reply.send(json);
}

/** Replies to others may say what is said once: to a runner a job's token and variables, beside texts of strangers. */
const COMPRESSIBLE = new Set(['GET', 'HEAD']);

function releaseAfter({ raw }: FastifyReply, { release }: JsonText): void {
  if (!release) return;
  if (raw.closed) release();
  else raw.once('close', release);
}

const asItIs = (payload: unknown) => payload as string;
