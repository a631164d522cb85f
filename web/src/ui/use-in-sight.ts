import { type RefCallback, useCallback, useEffect, useRef } from 'react';

/** So much of what stands beside it is in sight too: there is more to the side. */
const BESIDE = 40;

/**
 * For a row that scrolls sideways, as tabs do on a phone: scrolls to the one that is chosen, at first, where that changes, and
 * where the row has more or less room, as on a phone that is turned.
 * @param selector of it within the row
 * @param state what changes with it, and with how many there are: in between, whoever scrolls is left alone
 */
export function useInSight<E extends HTMLElement>(selector: string, state: string): RefCallback<E> {
  const row = useRef<E>(null);
  const shown = useRef('');
  useEffect(() => {
    if (!row.current || shown.current === state) return;
    if (show(row.current, selector)) shown.current = state;
  });
  return useCallback(
    (element: E) => {
      row.current = element;
      const sizes = new ResizeObserver(() => show(element, selector));
      sizes.observe(element);
      return () => {
        sizes.disconnect();
        row.current = null;
      };
    },
    [selector],
  );
}

function show(row: HTMLElement, selector: string): boolean {
  const chosen = row.querySelector(selector);
  if (!chosen) return false;
  const [outer, inner] = [row.getBoundingClientRect(), chosen.getBoundingClientRect()];
  if (inner.left < outer.left) row.scrollLeft += inner.left - outer.left - BESIDE;
  else if (inner.right > outer.right) row.scrollLeft += inner.right - outer.right + BESIDE;
  return true;
}
