import type { IncomingHttpHeaders } from 'node:http';

/** The media type of server-sent events. */
export const EVENT_STREAM = 'text/event-stream';

/** What a stream of them is answered with; proxies must not gather it. */
export const EVENT_STREAM_HEADERS = {
  'Content-Type': EVENT_STREAM,
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

/** Whether the client would rather have events than anything else. */
export const wantsEvents = ({ accept }: IncomingHttpHeaders) =>
  accept?.split(',').some((one) => one.split(';', 1)[0]?.trim() === EVENT_STREAM) ?? false;

/** One event; neither its id nor its data may have line feeds. */
export const eventText = (id: string | null, event: string, data: string) =>
  `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;

/** What is no event: it shows that the stream is there. With an id the client goes on behind that. */
export const commentText = (comment: string, id: string | null = null) =>
  `:${comment && ` ${comment}`}\n${id === null ? '' : `id: ${id}\n`}\n`;
