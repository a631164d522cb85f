import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { LogAddress } from './log-address.ts';
import { type LogState, LogStore } from './log-store.ts';

/** A page that is hidden for so long follows no log: a browser has few connections for all its tabs. */
const HIDDEN_MS = 20_000;

/** The log of a job. `expected`: the job may write it, or go on with it. */
export function useLog(address: LogAddress, expected: boolean): [LogStore, LogState] {
  const store = useMemo(() => new LogStore(address), [address]);
  const state = useSyncExternalStore(store.subscribe, store.state);
  useEffect(() => () => store.stop(), [store]);
  useEffect(() => {
    // What is followed already is told its end by the stream.
    if (!store.state().live) void store.start(expected);
  }, [store, expected]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let paused = false;
    const changed = () => {
      clearTimeout(timer);
      if (document.hidden && store.state().live)
        timer = setTimeout(() => {
          paused = true;
          store.stop();
        }, HIDDEN_MS);
      else if (paused && !document.hidden) {
        paused = false;
        void store.start(true);
      }
    };
    document.addEventListener('visibilitychange', changed);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', changed);
    };
  }, [store]);
  return [store, state];
}
