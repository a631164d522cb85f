import { createContext, useContext, useSyncExternalStore } from 'react';
import { chainOf } from './chain.ts';
import type { Edge } from './layout.ts';

/** Whether a place belongs to what is looked at: `none` while nothing is. */
export type Shade = 'none' | 'in' | 'out';

export const shadeIn = (chain: ReadonlySet<string> | null, key: string): Shade =>
  chain === null ? 'none' : chain.has(key) ? 'in' : 'out';

/** What a place has to know of where the keyboard and the pointer are. */
export interface Regard {
  shade: Shade;
  /** Tab leads to it. */
  isCurrent: boolean;
  /** It takes the focus now. */
  isWanted: boolean;
}
const regards = new Map<string, Regard>();
/** The very same object for the same: a place for which it does not change is not drawn anew. */
function regard(shade: Shade, isCurrent: boolean, isWanted: boolean): Regard {
  const name = `${shade} ${isCurrent} ${isWanted}`;
  const known = regards.get(name) ?? { shade, isCurrent, isWanted };
  regards.set(name, known);
  return known;
}

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
  regardOf(key: string): Regard {
    return regard(shadeIn(this.chain, key), this.current === key, this.wanted === key);
  }
}

export const FocusContext = createContext(new FocusStore());
export const useFocusStore = () => useContext(FocusContext);

export function useRegard(key: string): Regard {
  const store = useFocusStore();
  return useSyncExternalStore(store.subscribe, () => store.regardOf(key));
}
export function useChain(): ReadonlySet<string> | null {
  const store = useFocusStore();
  return useSyncExternalStore(store.subscribe, () => store.chain);
}
