/**
 * Where a reader of a stream that brings the log of a job along is: behind an event, and before a byte of the log. As the
 * id of an event it is `EVENT~JOB~BYTE`.
 */
export interface StreamPlace {
  /** The id of the event alone; null: none. */
  event: string | null;
  /** Null: nothing of this job's log was read. */
  byte: number | null;
}

/** Reads the id that a client has heard last, as far as it is about this job. */
export function placeOf(id: string | null, jobId: number | null): StreamPlace {
  const [, event, job, byte] = /^([^~]*)~(\d{1,15})~(\d{1,15})$/.exec(id ?? '') ?? [];
  if (event === undefined) return { event: id, byte: null };
  return { event, byte: Number(job) === jobId ? Number(byte) : null };
}

export const placeId = (event: string, jobId: number, byte: number) => `${event}~${jobId}~${byte}`;
