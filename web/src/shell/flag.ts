import { useSyncExternalStore } from 'react';

/** Something that is open or not, from anywhere on the page. */
export interface Flag {
  set: (on: boolean) => void;
  use: () => boolean;
}

function flag(): Flag {
  let on = false;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    set: (next) => {
      on = next;
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, () => on),
  };
}

export const commandsOpen = flag();
export const sheetOpen = flag();
