import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import { type Liveness, openPageStream } from './page-stream.ts';
import type { Told } from './stale-by.ts';

export type { Liveness } from './page-stream.ts';
export type { Told } from './stale-by.ts';

/**
 * The one stream of a page: what it tells of makes replies stale, which are then fetched anew. While there is no
 * stream, everything is asked for again every 10 s, and what comes of that says whether the server is there.
 * `fullPath` null: the stream of the whole server.
 */
export function useEventStream(fullPath: string | null, enabled: boolean): Liveness {
  const client = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>('live');
  useEffect(
    () => (enabled ? openPageStream(client, fullPath, { liveness: setLiveness, change }) : undefined),
    [client, fullPath, enabled],
  );
  return liveness;
}

type Listener = (type: string, told: Told) => void;
const listeners = new Set<Listener>();
const change: Listener = (type, told) => {
  for (const listener of listeners) listener(type, told);
};

/** Hears every event of the page's stream, for what is better patched than fetched anew; `listener` is memoised. */
export function useEvents(listener: Listener): void {
  useEffect(() => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [listener]);
}

export const LivenessContext = createContext<Liveness>('live');
/** Whether what the page shows is followed as it changes. */
export const useLiveness = () => useContext(LivenessContext);
