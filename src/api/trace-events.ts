import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { badParameters } from '../errors.ts';
import type { TraceEvent } from '../traces/follow-trace.ts';

/** Whether the client would rather have events than the log as it is. */
export const wantsEvents = ({ accept }: IncomingHttpHeaders) =>
  accept?.split(',').some((one) => one.split(';', 1)[0]?.trim() === 'text/event-stream') ?? false;

/**
 * The byte that a client has read up to, which is the id of the last event it got; null: it says none.
 * @throws 400 for anything but a whole number
 */
export function lastByteRead({ 'last-event-id': id }: IncomingHttpHeaders): number | null {
  if (id === undefined || id === '') return null;
  const byte = typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : null;
  if (byte === null) throw badParameters(['Last-Event-ID is invalid']);
  return byte;
}

/**
 * A followed trace as server-sent events (docs/compatibility.md). The bytes go as base64, since an event is
 * text: a chunk may end within a character, or be no UTF-8 at all. `ending` says what the last event holds.
 */
export function traceEvents(
  events: AsyncIterable<TraceEvent>,
  ending: () => Promise<{ status: string } | null>,
): Readable {
  return Readable.from(textOf(events, ending), { highWaterMark: 1 });
}

async function* textOf(
  events: AsyncIterable<TraceEvent>,
  ending: () => Promise<{ status: string } | null>,
): AsyncGenerator<string, void, void> {
  // Something at once, so that the client knows that it is connected.
  yield ': the log as it grows\n\n';
  for await (const event of events) {
    if (event.type === 'log')
      yield `id: ${event.end}\nevent: log\ndata: ${event.bytes.toString('base64')}\n\n`;
    else if (event.type === 'reset') yield 'id: 0\nevent: reset\ndata: {}\n\n';
    else if (event.type === 'idle') yield ': nothing new\n\n';
    else {
      const job = await ending();
      if (job) yield `event: end\ndata: ${JSON.stringify({ status: job.status, erased: event.erased })}\n\n`;
    }
  }
}
