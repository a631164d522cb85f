import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect } from 'react';

/** Which of `count` rows, each `height` pixels high, are in sight within the element that scrolls. */
export function useRows(scroller: RefObject<HTMLElement | null>, count: number, height: number) {
  // oxlint-disable-next-line react/incompatible-library -- the compiler, which this app does not use, could not memoise it
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  // What was measured for another height holds no more.
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);
  return { items: virtualizer.getVirtualItems(), height: virtualizer.getTotalSize() };
}
