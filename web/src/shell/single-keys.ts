import { useSyncExternalStore } from 'react';

const KEY = 'jobyard.single-keys';
const listeners = new Set<() => void>();

/** Whether keys without Ctrl do something; whoever speaks to the browser, or trembles, may not want them to. */
export const singleKeysDo = (): boolean => localStorage.getItem(KEY) !== 'off';

export function switchSingleKeys(on: boolean): void {
  localStorage.setItem(KEY, on ? 'on' : 'off');
  for (const listener of listeners) listener();
}

export const useSingleKeys = (): boolean =>
  useSyncExternalStore((changed) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  }, singleKeysDo);
