import type { Query, QueryCacheNotifyEvent, QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { mayPass } from './problem.ts';

/** What is looked at as it was known before: how it is now the server could not say. */
const old = new Set<Query>();
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** Notes that it may be old, until a reply has come, or nobody looks at it any more. */
export function noteOld(query: Query): void {
  if (!query.isActive()) return;
  old.add(query);
  tell();
}

/** From now on it is known when that is over. */
export function watchOld(client: QueryClient): void {
  client.getQueryCache().subscribe((event) => {
    if (!old.has(event.query) || !isOver(event)) return;
    old.delete(event.query);
    tell();
  });
}

function isOver(event: QueryCacheNotifyEvent): boolean {
  if (event.type === 'removed' || !event.query.isActive()) return true;
  if (event.type !== 'updated') return false;
  const { action } = event;
  // A refusal is shown in place of what was known.
  if (action.type === 'error') return !mayPass(action.error);
  return action.type === 'success' && action.manual !== true;
}

/** Whether something that the page shows may be old. */
export const mayBeOld = () => old.size > 0;
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
export const useMayBeOld = () => useSyncExternalStore(subscribe, mayBeOld);
