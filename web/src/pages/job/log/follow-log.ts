import { watchSight } from '../../../api/page-sight.ts';
import { isStatus, problemOf } from '../../../api/problem.ts';
import { bytesOfBase64, ServerEventReader } from './server-events.ts';

/** What is heard of a log that grows. */
export interface Heard {
  /** Bytes that begin at `at`. */
  bytes: (bytes: Uint8Array, at: number) => void;
  /** What came before counts for nothing. */
  reset: () => void;
  /** Nothing more will come. */
  end: (erased: boolean) => void;
}

/** Milliseconds before a stream that broke off is opened again; more after each failure. */
const AGAIN_MS = [500, 1000, 2000, 5000, 10_000];

/** Follows the log from byte `start` on until its end, through streams that break off; not while nobody looks. */
export async function followLog(
  trace: string,
  start: number,
  heard: Heard,
  signal: AbortSignal,
): Promise<void> {
  let at = start;
  const sight = followSight(signal);
  for (let failures = 0; !signal.aborted;) {
    try {
      await sight.seen();
      const headers = { Accept: 'text/event-stream', 'Last-Event-ID': String(at) };
      const response = await fetch(trace, { headers, signal: sight.signal(), cache: 'no-store' });
      if (!response.ok || !response.body) throw await problemOf(response);
      failures = 0;
      const reader = new ServerEventReader();
      const texts = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let next = await texts.read(); !next.done; next = await texts.read())
        for (const event of reader.read(next.value)) {
          if (event.type === 'log') {
            const bytes = bytesOfBase64(event.data);
            const end = Number(event.id);
            heard.bytes(bytes, end - bytes.length);
            at = end;
          } else if (event.type === 'reset') {
            at = 0;
            heard.reset();
          } else if (event.type === 'end') {
            heard.end((JSON.parse(event.data) as { erased: boolean }).erased);
            return;
          }
        }
    } catch (error) {
      if (signal.aborted) return;
      // The job has ended without a log, or may not be seen any more.
      if (isStatus(error, 401, 403, 404)) return heard.end(false);
      if (sight.signal().aborted) continue;
      failures += 1;
    }
    await pause(AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)] ?? 1000, signal);
  }
}

/** What ends a connection, and when another may be opened: the page is looked at, or not. */
function followSight(signal: AbortSignal) {
  let unseen = new AbortController();
  let back: (() => void) | null = null;
  const again = () => {
    unseen = new AbortController();
    back?.();
  };
  const unwatch = watchSight(() => unseen.abort(), again);
  signal.addEventListener('abort', () => {
    unwatch();
    back?.();
  });
  return {
    signal: () => AbortSignal.any([signal, unseen.signal]),
    seen: async () => {
      if (unseen.signal.aborted && !signal.aborted) await new Promise<void>((resolve) => (back = resolve));
    },
  };
}

/** Until then, or until the connection is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const go = () => {
      over.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(go, ms);
    signal.addEventListener('abort', go, { signal: over.signal });
    window.addEventListener('online', go, { signal: over.signal });
  });
}
