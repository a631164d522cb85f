import { useEffect, useSyncExternalStore } from 'react';

export interface Shortcut {
  /** As `KeyboardEvent.key`: `r`, `?`, `ArrowDown`; `g p` is one key after the other. */
  keys: string;
  /** What it does, for the sheet. */
  label: string;
  act: () => void;
}

const active = new Map<object, readonly Shortcut[]>();
const listeners = new Set<() => void>();
let list: readonly Shortcut[] = [];

function changed(): void {
  list = [...active.values()].flat();
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** The shortcuts that hold while the component is shown; `shortcuts` should be memoised. */
export function useShortcutsOf(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    const key = {};
    active.set(key, shortcuts);
    changed();
    return () => {
      active.delete(key);
      changed();
    };
  }, [shortcuts]);
}

export const shortcutsNow = (): readonly Shortcut[] => list;
export const useShortcutList = () => useSyncExternalStore(subscribe, shortcutsNow);
