/**
 * What has been typed at an address and is no part of it, for a reload: values may be secret. It is kept by the tab, and by
 * nothing that outlives it or that other tabs see. (A file from an archive has an origin of its own, and no way to it.)
 */
const KEY = 'jobyard:typed';

/** One form of one person: nothing else is filled in with it. */
export interface Typist {
  address: string;
  /** The id of who is signed in. */
  user: number;
}

interface Kept extends Typist {
  what: unknown;
}

/** The address as it is now, as forms are told apart by it. */
export const addressNow = (): string => window.location.pathname + window.location.search;

export function keepTyped({ address, user }: Typist, what: unknown): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ address, user, what } satisfies Kept));
  } catch {
    // There is no room, or the browser keeps nothing: then a reload begins anew.
  }
}

/** What they have typed there; null when that is nothing, or what is kept is of another form or person. */
export function typedBy<T>({ address, user }: Typist): T | null {
  const kept = found();
  return kept?.address === address && kept.user === user ? (kept.what as T) : null;
}

export function forgetTyped(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing is kept.
  }
}

/** For the first page of a tab, and of each that is loaded in it: whoever has come elsewhere has left the form. */
export function forgetTypedElsewhere(): void {
  if (found()?.address !== addressNow()) forgetTyped();
}

function found(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}
