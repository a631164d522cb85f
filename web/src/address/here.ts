import { useLocationProperty } from 'wouter/use-browser-location';

/** The address as it is, with its filters and lines: where somebody who signs in comes back to. */
export function here(): string {
  const { pathname, search, hash } = window.location;
  return pathname + search + hash;
}

/** The same, as it changes. */
export const useHere = (): string => useLocationProperty(here);
