import { useCallback, useLayoutEffect, useRef } from 'react';

/** The same function for as long as the component is there, which does what the latest `act` does. */
export function useStable<A extends unknown[]>(act: (...args: A) => void): (...args: A) => void {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
