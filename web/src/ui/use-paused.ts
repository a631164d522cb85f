import { useEffect, useState } from 'react';

/** The value, once it has been the same for a while: what is typed is not searched for letter by letter. */
export function usePaused<T>(value: T, milliseconds = 200): T {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return paused;
}
