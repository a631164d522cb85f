/** What is to be shown at the edge of the page for a while. */
export interface Said {
  text: string;
  type: 'done' | 'problem';
}
type Take = (said: Said) => void;

/** Kept until what shows it is here. */
let waiting: readonly Said[] = [];
let take: Take | null = null;
const listeners = new Set<() => void>();

function wait(next: readonly Said[]): void {
  waiting = next;
  for (const listener of listeners) listener();
}

export function say(said: Said): void {
  if (take) take(said);
  else wait([...waiting, said]);
}

/** Hands over what waits, and from now on all that is said; returns what ends that. */
export function listenTo(taker: Take): () => void {
  take = taker;
  for (const said of waiting) taker(said);
  wait([]);
  return () => {
    take = null;
  };
}

export const forget = (): void => wait([]);

/** For `useSyncExternalStore`. */
export const waitingNow = (): readonly Said[] => waiting;
export const isNeeded = (): boolean => take !== null || waiting.length > 0;
export function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => void listeners.delete(changed);
}
