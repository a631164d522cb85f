import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { LogAddress } from './log-address.ts';
import { type LogState, LogStore } from './log-store.ts';

/** The log of a job. `expected`: the job may write it, or go on with it. */
export function useLog(address: LogAddress, expected: boolean): [LogStore, LogState] {
  const store = useMemo(() => new LogStore(address), [address]);
  const state = useSyncExternalStore(store.subscribe, store.state);
  useEffect(() => () => store.stop(), [store]);
  useEffect(() => {
    // What is followed already is told its end by the stream.
    if (!store.state().live) void store.start(expected);
  }, [store, expected]);
  return [store, state];
}
