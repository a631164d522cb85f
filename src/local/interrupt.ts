/** What somebody's Ctrl-C asks for: the first to cancel, another to end at once. */
export interface Interrupt {
  /** Aborted at the first. */
  canceled: AbortSignal;
  /** Aborted at the second. */
  ended: AbortSignal;
  /** As the exit code says it; 0 without any. */
  code: () => number;
  close: () => void;
}

/** As shells have it: 128 and the signal's number. */
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export function listenForInterrupt(): Interrupt {
  const cancel = new AbortController();
  const end = new AbortController();
  let code = 0;
  const hear = (signal: NodeJS.Signals) => {
    if (cancel.signal.aborted) end.abort();
    code ||= CODES[signal as keyof typeof CODES];
    cancel.abort();
  };
  const signals = Object.keys(CODES) as NodeJS.Signals[];
  for (const signal of signals) process.on(signal, hear);
  return {
    canceled: cancel.signal,
    ended: end.signal,
    code: () => code,
    close() {
      for (const signal of signals) process.removeListener(signal, hear);
    },
  };
}
