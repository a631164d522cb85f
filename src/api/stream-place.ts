import type { TracePlace } from '../traces/follow-trace.ts';

/**
 * Where a reader of a stream that brings the log of a job along is: behind an event, and before a byte of the log. As the
 * id of an event it is `EVENT~JOB~BYTE`, or of a log that was emptied `EVENT~JOB~BYTE-GENERATION`.
 */
export interface StreamPlace {
  /** The id of the event alone; null: none. */
  event: string | null;
  /** Null: nothing of this job's log was read. */
  log: TracePlace | null;
}

/** Reads the id that a client has heard last, as far as it is about this job. */
export function placeOf(id: string | null, jobId: number | null): StreamPlace {
  const [, event, job, text = ''] = /^([^~]*)~(\d{1,15})~([^~]*)$/.exec(id ?? '') ?? [];
  const log = tracePlaceOf(text);
  if (event === undefined || log === null) return { event: id, log: null };
  return { event, log: Number(job) === jobId ? log : null };
}

export const placeId = (event: string, jobId: number, log: TracePlace) =>
  `${event}~${jobId}~${tracePlaceId(log)}`;

/**
 * Reads a place in a log: `BYTE` or `BYTE-GENERATION`. The byte alone is one of the log as it was at first. Null: it
 * is none.
 */
export function tracePlaceOf(id: string): TracePlace | null {
  const [, byte, generation = 0] = /^(\d{1,15})(?:-(\d{1,5}))?$/.exec(id) ?? [];
  return byte === undefined ? null : { byte: Number(byte), generation: Number(generation) };
}

export const tracePlaceId = ({ byte, generation }: TracePlace) =>
  generation === 0 ? String(byte) : `${byte}-${generation}`;
