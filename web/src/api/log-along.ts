/** The log of a job, which the page's stream brings along while it grows. */
export interface LogAlong {
  jobId: number;
  /** The byte to go on with, and how often the log had been emptied when it was read up to there. */
  place: () => { byte: number; generation: number };
  /** Bytes that begin at `at`. */
  bytes: (bytes: Uint8Array, at: number, generation: number) => void;
  /** What came before counts for nothing. */
  reset: (generation: number) => void;
  /** Nothing more will come. `forbidden`: it is not for this person any more. */
  end: (how: { erased: boolean; forbidden: boolean }) => void;
  /** There is no stream at present: it has to look by itself. */
  look: () => void;
}

let wanted: LogAlong | null = null;
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** From now on the stream brings this log along; answers how to end that. */
export function bringAlong(log: LogAlong): () => void {
  wanted = log;
  tell();
  return () => {
    if (wanted !== log) return;
    wanted = null;
    tell();
  };
}

/** What the stream should bring. */
export const wantedLog = (): LogAlong | null => wanted;

/** Hears that it should bring another, or none. */
export function watchWantedLog(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Takes what the stream tells of a log. */
export function hearLog(type: string, told: Record<string, unknown>): void {
  const log = wanted;
  if (log === null || log.jobId !== told.job_id) return;
  if (type === 'trace')
    log.bytes(bytesOfBase64(String(told.bytes)), Number(told.offset), Number(told.generation));
  else if (type === 'trace_reset') log.reset(Number(told.generation));
  else {
    // The stream that is open does not have to be another for it.
    wanted = null;
    log.end({ erased: told.erased === true, forbidden: told.forbidden === true });
  }
}

/** The events that tell of a log. */
export const LOG_TYPES = ['trace', 'trace_reset', 'trace_end'];

/** The bytes of a base64 text. */
export function bytesOfBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
