import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Database } from '../db/database.ts';
import { badParameters } from '../errors.ts';
import { commentText, eventText } from '../http/event-text.ts';
import { isCompleted } from '../jobs/job-state.ts';
import { findJobById } from '../jobs/job-store.ts';
import type { Parts } from '../parts.ts';
import { followTrace, type TraceEvent, type TracePlace } from '../traces/follow-trace.ts';
import { tracePlaceId, tracePlaceOf } from './stream-place.ts';

/**
 * Where a client has read up to, which is the id of the last event it got; null: it says nothing.
 * @throws 400 for what is no place in a log
 */
export function lastPlaceRead({ 'last-event-id': id }: IncomingHttpHeaders): TracePlace | null {
  if (id === undefined || id === '') return null;
  const place = typeof id === 'string' ? tracePlaceOf(id) : null;
  if (place === null) throw badParameters(['Last-Event-ID is invalid']);
  return place;
}

/** The log of a job as it grows, told for as long as whoever follows it may read it. */
export function followLog(
  { db, blobs, logs, clock, limits }: Pick<Parts, 'db' | 'blobs' | 'logs' | 'clock' | 'limits'>,
  jobId: number,
  {
    start,
    mayRead,
    signal,
  }: { start: TracePlace; mayRead: (log: { debug_trace: 0 | 1 }) => boolean; signal: AbortSignal },
): AsyncGenerator<TraceEvent, void, void> {
  return followTrace({ db, blobs, logs }, jobId, {
    start,
    async goesOn() {
      const job = await findJobById(db.read, jobId);
      return job && mayRead(job) ? !isCompleted(job.status) : null;
    },
    clock,
    idle: limits.trace_heartbeat,
    signal,
  });
}

/**
 * A followed log as server-sent events (docs/compatibility.md). The bytes go as base64, since an event is text: a chunk
 * may end within a character, or be no UTF-8 at all.
 */
export function traceEvents(db: Database, jobId: number, told: AsyncIterable<TraceEvent>): Readable {
  return Readable.from(textOf(db, jobId, told), { highWaterMark: 1 });
}

async function* textOf(
  db: Database,
  jobId: number,
  told: AsyncIterable<TraceEvent>,
): AsyncGenerator<string, void, void> {
  // Something at once, so that the client knows that it is connected.
  yield commentText('the log as it grows');
  for await (const event of told) {
    if (event.type === 'log') yield eventText(tracePlaceId(event.end), 'log', event.bytes.toString('base64'));
    else if (event.type === 'reset')
      yield eventText(tracePlaceId({ byte: 0, generation: event.generation }), 'reset', '{}');
    else if (event.type === 'idle') yield commentText('nothing new');
    else if (event.type === 'end') {
      const job = await findJobById(db.read, jobId);
      if (job) yield eventText(null, 'end', JSON.stringify({ status: job.status, erased: event.erased }));
    }
  }
}
