/**
 * One finger leads a picture sideways; up and down it scrolls the page, which the browser does by itself
 * (`touch-action: pan-y`) and then takes the finger away. Two fingers are somebody else's.
 * @param by is told of pixels; what is returned ends it
 */
export function followFinger(frame: HTMLElement, by: (pixels: number) => void): () => void {
  let finger: { id: number; x: number } | null = null;
  const ends = new AbortController();
  const on = (
    type: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel',
    told: (event: PointerEvent) => void,
  ) => frame.addEventListener(type, told, { signal: ends.signal });
  on('pointerdown', ({ pointerType, isPrimary, pointerId, clientX }) => {
    finger = pointerType === 'touch' && isPrimary ? { id: pointerId, x: clientX } : null;
  });
  on('pointermove', ({ pointerId, clientX }) => {
    if (finger?.id !== pointerId) return;
    by(clientX - finger.x);
    finger.x = clientX;
  });
  const lifted = ({ pointerId }: PointerEvent) => {
    if (finger?.id === pointerId) finger = null;
  };
  on('pointerup', lifted);
  on('pointercancel', lifted);
  return () => ends.abort();
}

/**
 * A finger goes on telling of itself to the node that it was put on, and to nobody once that is not drawn any more, as from
 * afar: the frame is told in its place.
 * @returns ends it
 */
export function hearLostFingers(frame: HTMLElement): () => void {
  const ends = new AbortController();
  const { signal } = ends;
  const known = new WeakSet<EventTarget>();
  frame.addEventListener(
    'touchstart',
    ({ target }) => {
      if (!target || known.has(target)) return;
      known.add(target);
      for (const type of ['touchmove', 'touchend', 'touchcancel'] as const)
        (target as HTMLElement).addEventListener(
          type,
          (event) => {
            if (frame.contains(target as Node)) return;
            const told = new TouchEvent(type, {
              cancelable: event.cancelable,
              touches: [...event.touches],
              targetTouches: [...event.targetTouches],
              changedTouches: [...event.changedTouches],
            });
            if (!frame.dispatchEvent(told)) event.preventDefault();
          },
          { signal, passive: false },
        );
    },
    { signal, passive: true, capture: true },
  );
  return () => ends.abort();
}
