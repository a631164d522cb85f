import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Role } from '../access/permissions.ts';
import { apiError, badParameters } from '../errors.ts';
import { EVENT_TYPES, type EventType } from '../events/event.ts';
import { followEvents } from '../events/follow-events.ts';
import { EVENT_STREAM, EVENT_STREAM_HEADERS, wantsEvents } from '../http/event-text.ts';
import { commaList, recordId, subjectId } from '../http/parameters.ts';
import { type Call, projectRoute, Reply, route, type Route } from '../http/route.ts';
import type { Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import type { TracePlace } from '../traces/follow-trace.ts';
import { eventStreamText } from './event-stream-text.ts';
import { EventView } from './event-view.ts';
import { jobWithLog, mayReadLog } from './readable-log.ts';
import { placeOf } from './stream-place.ts';
import { followLog } from './trace-events.ts';

const tag = 'Events';
const params = {
  types: Type.Optional(commaList(Type.Enum([...EVENT_TYPES]))),
  last_event_id: Type.Optional(
    Type.String({ description: 'Where to go on, unless the header Last-Event-ID says it' }),
  ),
};
/** What is told of all projects unless said: their jobs would be too much for most. */
const OF_ALL: readonly EventType[] = ['project', 'group', 'pipeline', 'runner', 'variables'];
const MOST_PROJECTS = 100;

/** What has changed, as it changes (docs/events.md). */
export function eventStreamRoutes(parts: Parts): Route[] {
  const { db, events, limits } = parts;
  const places = new Map<string, number>();

  /** A place for one more stream of the caller's. @throws 429 */
  const enter = ({ caller }: Pick<Call<unknown>, 'caller'>): (() => void) => {
    const whose = caller.user ? String(caller.user.id) : 'anonymous';
    const taken = places.get(whose) ?? 0;
    if (taken >= (caller.user ? limits.event_streams : limits.event_streams_anonymous))
      throw apiError('too_many_requests', 'too many streams of events are open');
    places.set(whose, taken + 1);
    return () => {
      const left = (places.get(whose) ?? 1) - 1;
      if (left === 0) places.delete(whose);
      else places.set(whose, left);
    };
  };

  const stream = (
    call: Call<{ types?: EventType[]; last_event_id?: string }>,
    given: {
      only: { project: Project; role: Role } | null;
      all: readonly EventType[];
      project_ids: ReadonlySet<number> | null;
      /** A job whose log comes along, and from where on. */
      log: { job_id: number; start: TracePlace } | null;
    },
  ): Reply => {
    const { headers, caller, signal } = call;
    if (!wantsEvents(headers)) throw apiError('not_acceptable', `Accept must name ${EVENT_STREAM}`);
    const types = new Set(call.params.types ?? given.all);
    const exit = enter(call);
    const { waiting, leave } = events.follow({
      user_id: caller.user?.id ?? null,
      project_id: given.only?.project.id ?? null,
    });
    const end = () => {
      leave();
      exit();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    const lastId = text(headers['last-event-id']) ?? text(call.params.last_event_id);
    const place = placeOf(lastId, given.log?.job_id ?? null);
    const view = new EventView(parts, call, { ...given, types });
    const told = followEvents(events, waiting, {
      since: place.event,
      view,
      heartbeat: limits.event_heartbeat,
      signal,
    });
    const log = given.log && { ...given.log, start: place.log ?? given.log.start };
    const along = log && {
      ...log,
      told: followLog(parts, log.job_id, {
        start: log.start,
        mayRead: (job) => mayReadLog(job, view.role),
        signal,
      }),
    };
    const body = Readable.from(eventStreamText(db, told, along), { highWaterMark: 1 });
    return new Reply(200, body, EVENT_STREAM_HEADERS);
  };

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/events/stream',
      summary: 'Follow what changes in a project, by server-sent events',
      tag,
      ability: 'read_build',
      params: Type.Object({
        id: subjectId,
        ...params,
        job_id: Type.Optional({ ...recordId(), description: 'Whose log comes along as it grows' }),
        trace_offset: Type.Integer({
          default: 0,
          minimum: 0,
          description: 'The byte that the log begins with, unless the last id says how far it was read',
        }),
        trace_generation: Type.Integer({
          default: 0,
          minimum: 0,
          description: 'How often the log had been emptied when that was its byte, as its index says',
        }),
      }),
      reply: EVENT_STREAM,
      handler: async (call) => {
        const { job_id, trace_offset: byte, trace_generation: generation } = call.params;
        if (job_id !== undefined) {
          // As the log itself: not for whoever has not said who they are, though the project be public.
          if (call.caller.kind === 'anonymous') throw apiError('unauthorized');
          await jobWithLog(db, call.project, call.role, job_id);
        }
        const log = job_id === undefined ? null : { job_id, start: { byte, generation } };
        return stream(call, { only: call, all: EVENT_TYPES, project_ids: null, log });
      },
    }),
    route({
      method: 'GET',
      path: '/events/stream',
      summary: 'Follow what changes in all projects that the caller may see, by server-sent events',
      tag,
      ability: 'read_public',
      params: Type.Object({
        ...params,
        project_ids: Type.Optional(commaList()),
      }),
      reply: EVENT_STREAM,
      handler: async (call) => {
        const { project_ids } = call.params;
        return stream(call, {
          only: null,
          all: OF_ALL,
          project_ids: project_ids ? new Set(idsOf(project_ids)) : null,
          log: null,
        });
      },
    }),
  ];
}

/** @throws 400 for what is no number, and for too many */
function idsOf(texts: readonly string[]): number[] {
  if (texts.length > MOST_PROJECTS || texts.some((one) => !/^\d{1,15}$/.test(one)))
    throw badParameters(['project_ids is invalid']);
  return texts.map(Number);
}

const text = (value: string | string[] | undefined) =>
  typeof value === 'string' && value !== '' ? value : null;
