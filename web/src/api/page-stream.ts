import type { Query, QueryClient } from '@tanstack/react-query';
import { allStale } from './all-stale.ts';
import { watchAnswers } from './answers.ts';
import { wasAskedBefore } from './asked-at.ts';
import { keys } from './keys.ts';
import { hearLog, LOG_TYPES, type LogAlong, wantedLog, watchWantedLog } from './log-along.ts';
import { makeStale } from './make-stale.ts';
import { watchSight } from './page-sight.ts';
import { moveOn, placeInEvents } from './place-in-events.ts';
import { graphsIn, staleBy, type Told, TYPES } from './stale-by.ts';
import { StreamShare } from './streams-of-browser.ts';

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

interface Heard {
  liveness: (liveness: Liveness) => void;
  /** Every event that tells of a change. */
  change: (type: string, told: Told) => void;
}

/** Opens the stream of a project, or of the server, and keeps it open; answers how to end that. */
export function openPageStream(client: QueryClient, fullPath: string | null, heard: Heard): () => void {
  const address =
    fullPath === null
      ? '/api/v4/events/stream'
      : `/api/v4/projects/${encodeURIComponent(fullPath)}/events/stream`;
  const gathered = new Map<string, readonly unknown[]>();
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let polling: ReturnType<typeof setInterval> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let changing: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | null = null;
  /** The log that the stream which is open brings. */
  let brought: LogAlong | null = null;
  let isSeen = !document.hidden;
  let isLive = true;
  /** Without a stream: whether it is to be found out if the server is there. */
  let isUnsure = true;
  /** Others than this stream told of changes until then. */
  let unsureBefore = placeInEvents().at;

  const stale = (queryKey: readonly unknown[]) => {
    gathered.set(JSON.stringify(queryKey), queryKey);
    gathering ??= setTimeout(() => {
      gathering = undefined;
      for (const each of gathered.values()) makeStale(client, { queryKey: each });
      gathered.clear();
    }, GATHER_MS);
  };
  const poll = (everyMs: number) => {
    polling ??= setInterval(() => {
      share.recount();
      void allStale(client);
      if (isSeen) wantedLog()?.look();
    }, everyMs);
  };
  const endPolling = () => {
    clearInterval(polling);
    polling = undefined;
  };
  const live = () => {
    endPolling();
    isLive = true;
    isUnsure = true;
    heard.liveness('live');
  };
  const lost = () => {
    isLive = false;
    poll(POLL_MS);
    if (!isUnsure) return;
    // Whoever is signed in is asked for on every page: the reply tells at once whether anybody is there. That there is
    // still no stream a browser says every two seconds; by then what is asked for while polling tells enough.
    isUnsure = false;
    void client.refetchQueries({ queryKey: keys.session });
  };
  const connect = () => {
    brought = fullPath === null ? null : wantedLog();
    const query = new URLSearchParams();
    const { id } = placeInEvents();
    if (id !== '') query.set('last_event_id', id);
    if (brought !== null) {
      const { byte, generation } = brought.place();
      query.set('job_id', String(brought.jobId));
      query.set('trace_offset', String(byte));
      query.set('trace_generation', String(generation));
    }
    const opened = new EventSource(query.size === 0 ? address : `${address}?${query}`);
    source = opened;
    listen(opened, ['ready', 'reset'], (type, told) => {
      live();
      const moment = unsureBefore;
      unsureBefore = -Infinity;
      const predicate = (each: Query) => wasAskedBefore(each, moment);
      if (type === 'ready' && told.resumed === true) makeStale(client, { predicate }, { giveUp: true });
      else void allStale(client, { giveUp: true });
    });
    listen(opened, TYPES, (type, told) => {
      heard.change(type, told);
      for (const queryKey of staleBy(type, told, fullPath)) stale(queryKey);
      for (const queryKey of graphsIn(type, told, fullPath))
        makeStale(client, { queryKey, type: 'inactive', refetchType: 'none' });
    });
    listen(opened, LOG_TYPES, (type, told) => {
      // It may be one that the stream is about to leave.
      if (brought === null || brought !== wantedLog()) return;
      if (type === 'trace_end') brought = null;
      hearLog(type, told);
    });
    opened.addEventListener('error', () => {
      lost();
      if (opened.readyState !== EventSource.CLOSED) return;
      // Was it refused for the log? The log knows what to do then.
      brought?.look();
      again = setTimeout(connect, AGAIN_MS);
    });
  };
  const disconnect = () => {
    clearTimeout(again);
    source?.close();
  };
  const reconnect = () => {
    disconnect();
    if (isSeen && share.may) connect();
    else wantedLog()?.look();
  };
  const share = new StreamShare((may) => {
    reconnect();
    if (may) return;
    isLive = false;
    poll(POLL_MS);
    heard.liveness('polling');
  });
  const unseen = () => {
    isSeen = false;
    share.leave();
    disconnect();
    endPolling();
    poll(POLL_UNSEEN_MS);
  };
  const seen = () => {
    isSeen = true;
    share.join();
    // Where there is still no stream.
    endPolling();
    poll(POLL_MS);
    reconnect();
  };
  const unwatchLog = watchWantedLog(() => {
    // From one log to the next it is one step.
    changing ??= setTimeout(() => {
      changing = undefined;
      if (brought !== wantedLog()) reconnect();
    });
  });
  // Without a network too: a server on this very machine is there all the same.
  const networkChanged = () => {
    isUnsure = true;
    reconnect();
  };
  window.addEventListener('online', networkChanged);
  window.addEventListener('offline', networkChanged);
  // In the cache of pages that were left, streams end without a word, and so does what was on its way.
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    if (isSeen) share.join();
    unsureBefore = performance.now();
    networkChanged();
  };
  window.addEventListener('pageshow', shown);
  const left = () => share.leave();
  window.addEventListener('pagehide', left);
  const lookedAt = () => share.lookedAt();
  window.addEventListener('focus', lookedAt);
  const unwatchSight = watchSight(unseen, seen);
  let answered = true;
  const unwatchAnswers = watchAnswers(client, (answers) => {
    if (isLive) return;
    heard.liveness(answers ? 'polling' : navigator.onLine ? 'silent' : 'offline');
    // Whoever is back need not be waited for any longer.
    if (answers && !answered && !document.hidden && source?.readyState === EventSource.CLOSED) reconnect();
    answered = answers;
  });
  if (isSeen) {
    share.join();
    connect();
  } else poll(POLL_UNSEEN_MS);
  return () => {
    share.leave();
    unwatchLog();
    unwatchSight();
    unwatchAnswers();
    window.removeEventListener('online', networkChanged);
    window.removeEventListener('offline', networkChanged);
    window.removeEventListener('pageshow', shown);
    window.removeEventListener('pagehide', left);
    window.removeEventListener('focus', lookedAt);
    disconnect();
    clearTimeout(gathering);
    clearTimeout(changing);
    clearInterval(polling);
  };
}

/** Hears these events, and remembers where the stream is. */
function listen<Type extends string>(
  to: EventSource,
  types: readonly Type[],
  hear: (type: Type, told: Told) => void,
): void {
  for (const type of types)
    to.addEventListener(type, (event) => {
      const { lastEventId, data } = event as MessageEvent<string>;
      // Whose log it is, and how much of it is known, the log says.
      const id = lastEventId.split('~', 1)[0];
      if (id) moveOn(id);
      hear(type, JSON.parse(data || '{}') as Told);
    });
}
