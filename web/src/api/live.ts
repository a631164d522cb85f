import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import { watchAnswers } from './answers.ts';
import { keys } from './keys.ts';
import { watchSight } from './page-sight.ts';

/**
 * live: told of every change; polling: the stream is not there, but the server answers, and is asked every POLL_MS;
 * silent: it does not answer; offline: nor is there a network.
 */
export type Liveness = 'live' | 'polling' | 'silent' | 'offline';

const POLL_MS = 10_000;
/** A page out of sight has no stream; its title and its icon still tell how things are. */
const POLL_UNSEEN_MS = 30_000;
/** What many events make stale is fetched once. */
const GATHER_MS = 150;
/** An EventSource that was refused gives up for good; a new one is tried so much later. */
const AGAIN_MS = 30_000;

/** What an event of docs/events.md says; every field that this page reads may be missing. */
export interface Told {
  id?: number;
  project_id?: number;
  pipeline_id?: number;
  resumed?: boolean;
  [field: string]: unknown;
}
const TYPES = [
  'pipeline',
  'job',
  'bridge',
  'jobs',
  'environment',
  'deployment',
  'ref',
  'refs',
  'project',
  'runner',
  'variables',
];

/** Which replies an event makes stale, by the beginnings of their keys. */
function staleBy(type: string, told: Told, fullPath: string | null): readonly (readonly unknown[])[] {
  if (type === 'runner') return [['runners'], ...(fullPath === null ? [] : [keys.jobs(fullPath, 'queue')])];
  if (type === 'variables') return [['variables']];
  if (fullPath === null) return [keys.projects(), keys.groups()];
  switch (type) {
    case 'pipeline':
      return [
        keys.pipelines(fullPath),
        keys.repository(fullPath, 'with-pipelines'),
        ...(told.id === undefined ? [] : [keys.pipeline(fullPath, told.id)]),
      ];
    case 'job':
    case 'bridge':
      return [
        keys.jobs(fullPath),
        ...(told.id === undefined ? [] : [keys.job(fullPath, told.id)]),
        ...(told.pipeline_id === undefined ? [] : [keys.pipeline(fullPath, told.pipeline_id)]),
      ];
    case 'jobs':
      return [
        keys.jobs(fullPath),
        ['project', fullPath, 'job'],
        ...(told.pipeline_id === undefined ? [] : [keys.pipeline(fullPath, told.pipeline_id)]),
      ];
    case 'ref':
    case 'refs':
      // The first push may bring another default branch.
      return [keys.repository(fullPath), keys.project(fullPath, 'itself')];
    case 'project':
      return [keys.project(fullPath), ['abilities', 'project', fullPath]];
    default:
      return [keys.project(fullPath, type)];
  }
}

/**
 * The one stream of a page: what it tells of makes replies stale, which are then fetched anew. While there is no
 * stream, everything is asked for again every 10 s, and what comes of that says whether the server is there.
 * `fullPath` null: the stream of the whole server.
 */
export function useEventStream(fullPath: string | null, enabled: boolean): Liveness {
  const client = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>('live');
  useEffect(() => (enabled ? follow(client, fullPath, setLiveness) : undefined), [client, fullPath, enabled]);
  return liveness;
}

function follow(
  client: QueryClient,
  fullPath: string | null,
  tell: (liveness: Liveness) => void,
): () => void {
  const address =
    fullPath === null
      ? '/api/v4/events/stream'
      : `/api/v4/projects/${encodeURIComponent(fullPath)}/events/stream`;
  const gathered = new Map<string, readonly unknown[]>();
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let polling: ReturnType<typeof setInterval> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | null = null;
  let lastId = '';
  let isLive = true;

  const stale = (queryKey: readonly unknown[]) => {
    gathered.set(JSON.stringify(queryKey), queryKey);
    gathering ??= setTimeout(() => {
      gathering = undefined;
      for (const each of gathered.values()) void client.invalidateQueries({ queryKey: each });
      gathered.clear();
    }, GATHER_MS);
  };
  const allStale = () => void client.invalidateQueries();
  const poll = (everyMs: number) => (polling ??= setInterval(allStale, everyMs));
  const live = () => {
    clearInterval(polling);
    polling = undefined;
    isLive = true;
    tell('live');
  };
  const lost = () => {
    isLive = false;
    poll(POLL_MS);
    // Whoever is signed in is asked for on every page: the reply tells at once whether anybody is there.
    void client.refetchQueries({ queryKey: keys.session });
  };
  const connect = () => {
    const query = lastId === '' ? '' : `?last_event_id=${encodeURIComponent(lastId)}`;
    const opened = new EventSource(address + query);
    source = opened;
    const heard = (event: MessageEvent<string>) => {
      lastId = event.lastEventId || lastId;
      return JSON.parse(event.data || '{}') as Told;
    };
    opened.addEventListener('ready', (event) => {
      live();
      if (heard(event).resumed !== true) allStale();
    });
    opened.addEventListener('reset', (event) => {
      heard(event);
      live();
      allStale();
    });
    for (const type of TYPES)
      opened.addEventListener(type, (event) => {
        const told = heard(event as MessageEvent<string>);
        for (const listener of listeners) listener(type, told);
        for (const queryKey of staleBy(type, told, fullPath)) stale(queryKey);
      });
    opened.addEventListener('error', () => {
      lost();
      if (opened.readyState !== EventSource.CLOSED) return;
      again = setTimeout(connect, AGAIN_MS);
    });
  };
  const disconnect = () => {
    clearTimeout(again);
    source?.close();
  };
  const reconnect = () => {
    disconnect();
    connect();
  };
  const unseen = () => {
    disconnect();
    poll(POLL_UNSEEN_MS);
  };
  // Without a network too: a server on this very machine is there all the same.
  window.addEventListener('online', reconnect);
  window.addEventListener('offline', reconnect);
  const unwatch = watchSight(unseen, reconnect);
  let answered = true;
  const unheard = watchAnswers(client, (answers) => {
    if (isLive) return;
    tell(answers ? 'polling' : navigator.onLine ? 'silent' : 'offline');
    // Whoever is back need not be waited for any longer.
    if (answers && !answered && !document.hidden && source?.readyState === EventSource.CLOSED) reconnect();
    answered = answers;
  });
  connect();
  return () => {
    unwatch();
    unheard();
    window.removeEventListener('online', reconnect);
    window.removeEventListener('offline', reconnect);
    disconnect();
    clearTimeout(gathering);
    clearInterval(polling);
  };
}

type Listener = (type: string, told: Told) => void;
const listeners = new Set<Listener>();

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
