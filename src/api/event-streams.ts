import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Role } from '../access/permissions.ts';
import { apiError, badParameters } from '../errors.ts';
import { EVENT_TYPES, type EventType } from '../events/event.ts';
import { followEvents, type Told } from '../events/follow-events.ts';
import {
  commentText,
  EVENT_STREAM,
  EVENT_STREAM_HEADERS,
  eventText,
  wantsEvents,
} from '../http/event-text.ts';
import { commaList, subjectId } from '../http/parameters.ts';
import { type Call, projectRoute, Reply, route, type Route } from '../http/route.ts';
import type { Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { EventView } from './event-view.ts';

const tag = 'Events';
const params = {
  types: Type.Optional(commaList()),
  last_event_id: Type.Optional(
    Type.String({ description: 'Where to go on, unless the header Last-Event-ID says it' }),
  ),
};
/** What is told of all projects unless said: their jobs would be too much for most. */
const OF_ALL: readonly EventType[] = ['project', 'pipeline', 'runner', 'variables'];
const MOST_PROJECTS = 100;
/** Milliseconds after which a browser comes again. */
const RETRY_MS = 2000;

/** What has changed, as it changes (docs/events.md). */
export function eventStreamRoutes(parts: Parts): Route[] {
  const { events, limits } = parts;
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
    call: Call<{ types?: string[]; last_event_id?: string }>,
    given: {
      only: { project: Project; role: Role } | null;
      all: readonly EventType[];
      project_ids: ReadonlySet<number> | null;
    },
  ): Reply => {
    const { headers, caller, signal } = call;
    if (!wantsEvents(headers)) throw apiError('not_acceptable', `Accept must name ${EVENT_STREAM}`);
    const types = new Set(call.params.types ? typesOf(call.params.types) : given.all);
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
    const told = followEvents(events, waiting, {
      since: text(headers['last-event-id']) ?? text(call.params.last_event_id),
      view: new EventView(parts, call, { ...given, types }),
      heartbeat: limits.event_heartbeat,
      signal,
    });
    return new Reply(200, Readable.from(textOf(told), { highWaterMark: 1 }), EVENT_STREAM_HEADERS);
  };

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/events/stream',
      summary: 'Follow what changes in a project, by server-sent events',
      tag,
      ability: 'read_build',
      params: Type.Object({ id: subjectId, ...params }),
      reply: EVENT_STREAM,
      handler: async (call) => stream(call, { only: call, all: EVENT_TYPES, project_ids: null }),
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
        });
      },
    }),
  ];
}

async function* textOf(told: AsyncIterable<Told[]>): AsyncGenerator<string, void, void> {
  yield `retry: ${RETRY_MS}\n\n`;
  for await (const some of told) yield some.map(oneText).join('');
}

function oneText(told: Told): string {
  switch (told.type) {
    case 'ready':
      return eventText(told.id, 'ready', JSON.stringify({ resumed: told.resumed }));
    case 'event':
      return eventText(told.id, told.event.type, told.event.data);
    case 'reset': {
      const { reason, ends } = told;
      return eventText(told.id, 'reset', JSON.stringify(ends ? { reason, ends } : { reason }));
    }
    case 'idle':
      return commentText('', told.id);
  }
}

/** @throws 400 for a name that no event has */
function typesOf(names: readonly string[]): EventType[] {
  const types = EVENT_TYPES.filter((type) => names.includes(type));
  if (names.some((name) => !(EVENT_TYPES as readonly string[]).includes(name)))
    throw badParameters(['types does not have a valid value']);
  return types;
}

/** @throws 400 for what is no number, and for too many */
function idsOf(texts: readonly string[]): number[] {
  if (texts.length > MOST_PROJECTS || texts.some((one) => !/^\d{1,15}$/.test(one)))
    throw badParameters(['project_ids is invalid']);
  return texts.map(Number);
}

const text = (value: string | string[] | undefined) =>
  typeof value === 'string' && value !== '' ? value : null;
