import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { badParameters } from '../errors.ts';
import { commentText, eventText } from '../http/event-text.ts';
import type { TraceEvent } from '../traces/follow-trace.ts';

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
  yield commentText('the log as it grows');
  for await (const event of events) {
    if (event.type === 'log') yield eventText(String(event.end), 'log', event.bytes.toString('base64'));
    else if (event.type === 'reset') yield eventText('0', 'reset', '{}');
    else if (event.type === 'idle') yield commentText('nothing new');
    else {
      const job = await ending();
      if (job) yield eventText(null, 'end', JSON.stringify({ status: job.status, erased: event.erased }));
    }
  }
}
