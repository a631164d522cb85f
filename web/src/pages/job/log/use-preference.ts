import { useState } from 'react';

/** Something on or off as this person likes it, kept in the browser. */
export function usePreference(name: string, initial: boolean): [boolean, (on: boolean) => void] {
  const key = `jobyard.${name}`;
  const [on, setOn] = useState(() => {
    const kept = localStorage.getItem(key);
    return kept === null ? initial : kept === 'on';
  });
  return [
    on,
    (next) => {
      localStorage.setItem(key, next ? 'on' : 'off');
      setOn(next);
    },
  ];
}
