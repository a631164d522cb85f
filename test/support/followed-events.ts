import { openEventStream, type EventStream } from './event-stream.ts';

/** An event of docs/events.md. */
export interface FollowedEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

/** A stream of what changes, as a page follows it. */
export interface Followed {
  status: number;
  stream: EventStream;
  /** The next event that is no comment; null: the stream has ended. */
  next(): Promise<FollowedEvent | null>;
  /** The next event for which this holds, whatever comes before. */
  find(wanted: (event: FollowedEvent) => boolean): Promise<FollowedEvent>;
  /** The id of the last that came, comments included: where a browser would go on. */
  lastId(): string;
  close(): void;
}

/** Follows `path` (`/events/stream?types=runner`) as the owner of `token`. */
export async function followEvents(
  url: string,
  token: string,
  path: string,
  since?: string,
  more: Record<string, string> = {},
): Promise<Followed> {
  const headers = since === undefined ? more : { ...more, 'Last-Event-ID': since };
  const stream = await openEventStream(`${url}/api/v4${path}`, token, headers);
  let last = '';
  const next = async (): Promise<FollowedEvent | null> => {
    for (;;) {
      const one = await stream.next();
      if (!one) return null;
      last = one.id ?? last;
      if (one.event === 'comment') continue;
      return { id: one.id ?? '', event: one.event, data: JSON.parse(one.data) as FollowedEvent['data'] };
    }
  };
  return {
    status: stream.status,
    stream,
    next,
    async find(wanted) {
      for (let one = await next(); one; one = await next()) if (wanted(one)) return one;
      throw new Error('the stream has ended');
    },
    lastId: () => last,
    close: () => stream.close(),
  };
}
