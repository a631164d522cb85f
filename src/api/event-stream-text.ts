import type { Database } from '../db/database.ts';
import type { Told } from '../events/follow-events.ts';
import { commentText, eventText } from '../http/event-text.ts';
import { findJobById } from '../jobs/job-store.ts';
import type { TraceEvent, TracePlace } from '../traces/follow-trace.ts';
import { alongside } from './alongside.ts';
import { placeId } from './stream-place.ts';

/** The log of a job that a stream of events brings along. */
export interface LogAlong {
  job_id: number;
  /** Where it begins. */
  start: TracePlace;
  told: AsyncIterable<TraceEvent>;
}

/** Milliseconds after which a browser comes again. */
const RETRY_MS = 2000;

/** What is told as server-sent events (docs/events.md). */
export async function* eventStreamText(
  db: Database,
  told: AsyncIterable<Told[]>,
  log: LogAlong | null,
): AsyncGenerator<string, void, void> {
  yield `retry: ${RETRY_MS}\n\n`;
  if (!log) {
    for await (const some of told) yield some.map((one) => textOf(one, one.id)).join('');
    return;
  }
  const { job_id } = log;
  let event = '';
  let place = log.start;
  const id = () => placeId(event, job_id, place);
  for await (const one of alongside(told, log.told))
    if (Array.isArray(one)) yield one.map((each) => textOf(each, ((event = each.id), id()))).join('');
    else if (one.type === 'log') {
      place = one.end;
      const { byte, generation } = place;
      const offset = byte - one.bytes.length;
      const data = { job_id, offset, generation, bytes: one.bytes.toString('base64') };
      yield eventText(id(), 'trace', JSON.stringify(data));
    } else if (one.type === 'reset') {
      const { generation } = one;
      place = { byte: 0, generation };
      yield eventText(id(), 'trace_reset', JSON.stringify({ job_id, generation }));
    } else if (one.type !== 'idle')
      yield eventText(id(), 'trace_end', JSON.stringify({ job_id, ...(await ending(db, job_id, one)) }));
}

/** How a log ends for whoever follows it. */
async function ending(db: Database, jobId: number, end: Extract<TraceEvent, { type: 'end' | 'lost' }>) {
  const job = await findJobById(db.read, jobId);
  const status = job?.status ?? null;
  if (end.type === 'end') return { status, erased: end.erased };
  return job ? { status, erased: false, forbidden: true } : { status, erased: true };
}

function textOf(told: Told, id: string): string {
  switch (told.type) {
    case 'ready':
      return eventText(id, 'ready', JSON.stringify({ resumed: told.resumed }));
    case 'event':
      return eventText(id, told.event.type, told.event.data);
    case 'reset': {
      const { reason, ends } = told;
      return eventText(id, 'reset', JSON.stringify(ends ? { reason, ends } : { reason }));
    }
    case 'idle':
      return commentText('', id);
  }
}
