import { useSyncExternalStore } from 'react';

/** One of some ways in which people like a thing, kept in the browser, and followed by all of its pages. */
export interface KeptChoice<T extends string> {
  now: () => T;
  choose: (choice: T) => void;
  use: () => T;
  /** Tells of each change, by another tab too; what is returned ends that. */
  follow: (changed: () => void) => () => void;
}

/** @param choices the first is the one of whoever has chosen none */
export function keptChoice<T extends string>(name: string, choices: readonly [T, ...T[]]): KeptChoice<T> {
  const key = `jobyard.${name}`;
  const listeners = new Set<() => void>();
  const now = () => {
    const kept = localStorage.getItem(key);
    return choices.find((choice) => choice === kept) ?? choices[0];
  };
  const follow = (changed: () => void) => {
    const elsewhere = (event: StorageEvent) => {
      // Null: all that was kept has been cleared.
      if (event.key === key || event.key === null) changed();
    };
    listeners.add(changed);
    window.addEventListener('storage', elsewhere);
    return () => {
      listeners.delete(changed);
      window.removeEventListener('storage', elsewhere);
    };
  };
  return {
    now,
    choose: (choice) => {
      localStorage.setItem(key, choice);
      for (const changed of listeners) changed();
    },
    use: () => useSyncExternalStore(follow, now),
    follow,
  };
}

export interface KeptSwitch {
  isOn: () => boolean;
  turn: (on: boolean) => void;
  use: () => boolean;
}

/** The same of what is on or off. */
export function keptSwitch(name: string, initial: boolean): KeptSwitch {
  const { now, choose, use } = keptChoice(name, initial ? ['on', 'off'] : ['off', 'on']);
  return { isOn: () => now() === 'on', turn: (on) => choose(on ? 'on' : 'off'), use: () => use() === 'on' };
}
