import { type RefObject, useEffect, useRef } from 'react';

/** So much of what stands beside it is in sight too: there is more to the side. */
const BESIDE = 40;

/**
 * For a row that scrolls sideways, as tabs do on a phone: scrolls to the one that is chosen, at first and where that changes.
 * @param selector of it within the row
 * @param state what changes with it, and with how many there are: in between, whoever scrolls is left alone
 */
export function useInSight<E extends HTMLElement>(selector: string, state: string): RefObject<E | null> {
  const row = useRef<E>(null);
  const shown = useRef('');
  useEffect(() => {
    const chosen = row.current?.querySelector(selector);
    if (!row.current || !chosen || shown.current === state) return;
    shown.current = state;
    const [outer, inner] = [row.current.getBoundingClientRect(), chosen.getBoundingClientRect()];
    if (inner.left < outer.left) row.current.scrollLeft += inner.left - outer.left - BESIDE;
    else if (inner.right > outer.right) row.current.scrollLeft += inner.right - outer.right + BESIDE;
  });
  return row;
}
