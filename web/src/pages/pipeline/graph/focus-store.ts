import { createContext, useContext, useSyncExternalStore } from 'react';
import { chainOf } from './chain.ts';
import type { Edge } from './layout.ts';

/** Whether a place belongs to what is looked at: `none` while nothing is. */
export type Shade = 'none' | 'in' | 'out';

/**
 * Which place the keyboard is at, and which one is pointed at. Outside React's state, so that moving on draws two
 * nodes and those of a chain anew, not a thousand.
 */
export class FocusStore {
  #listeners = new Set<() => void>();
  #edges: readonly Edge[] = [];
  #looked: string | null = null;
  #chain: ReadonlySet<string> | null = null;
  /** The one place that Tab leads to. */
  current: string | null = null;
  /** The place that takes the focus as soon as it is drawn. */
  wanted: string | null = null;

  subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  };
  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  setEdges(edges: readonly Edge[]): void {
    if (edges === this.#edges) return;
    this.#edges = edges;
    this.look(null);
  }
  /** Points at a place; null: at none. */
  look(key: string | null): void {
    if (key === this.#looked) return;
    this.#looked = key;
    this.#chain = key === null ? null : chainOf(key, this.#edges);
    this.#changed();
  }
  moveTo(key: string, { take = true } = {}): void {
    this.current = key;
    if (take) this.wanted = key;
    this.#changed();
  }
  taken(): void {
    this.wanted = null;
  }
  /** A place alone has no chain to show. */
  get chain(): ReadonlySet<string> | null {
    return this.#chain && this.#chain.size > 1 ? this.#chain : null;
  }
  shadeOf(key: string): Shade {
    if (this.chain === null) return 'none';
    return this.chain.has(key) ? 'in' : 'out';
  }
}

export const FocusContext = createContext(new FocusStore());
export const useFocusStore = () => useContext(FocusContext);

export function useShade(key: string): Shade {
  const store = useFocusStore();
  return useSyncExternalStore(store.subscribe, () => store.shadeOf(key));
}
export function useChain(): ReadonlySet<string> | null {
  const store = useFocusStore();
  return useSyncExternalStore(store.subscribe, () => store.chain);
}
export function useIsCurrent(key: string): boolean {
  const store = useFocusStore();
  return useSyncExternalStore(store.subscribe, () => store.current === key);
}
export function useIsWanted(key: string): boolean {
  const store = useFocusStore();
  return useSyncExternalStore(store.subscribe, () => store.wanted === key);
}
