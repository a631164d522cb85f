import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/** Pixels from the end within which somebody is at the end. */
const NEAR = 8;

/**
 * Keeps the end in sight while `follows`; whoever scrolls up reads, and is not pulled away. Whoever scrolls to
 * the end of a log that goes on follows it again.
 */
export function useTail(
  scroller: RefObject<HTMLElement | null>,
  follows: boolean,
  live: boolean,
  onFollow: (follows: boolean) => void,
): void {
  const last = useRef({ top: 0, height: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !follows) {
      last.current.height = 0;
      return;
    }
    // Drawn anew only because somebody scrolls: then it is not the end that has moved.
    if (element.scrollHeight === last.current.height) return;
    element.scrollTo({ top: element.scrollHeight });
    last.current = { top: element.scrollTop, height: element.scrollHeight };
  });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const scrolled = () => {
      const top = element.scrollTop;
      const atEnd = element.scrollHeight - top - element.clientHeight < NEAR;
      if (top < last.current.top - 1 && !atEnd) onFollow(false);
      else if (atEnd && live && top > last.current.top) onFollow(true);
      last.current.top = top;
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => element.removeEventListener('scroll', scrolled);
  }, [scroller, live, onFollow]);
}
