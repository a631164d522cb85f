/**
 * One finger or pen leads a picture sideways; up and down it scrolls the page, which the browser does by itself
 * (`touch-action: pan-y`) and then takes the finger away. Two fingers are somebody else's, and so is what is told as a mouse.
 * @param led.by is told of pixels, `led.rested` once it is over; what is returned ends it
 */
export function followFinger(
  frame: HTMLElement,
  led: { by: (pixels: number) => void; rested: () => void },
): () => void {
  const down = new Set<number>();
  let finger: { id: number; x: number; y: number; hasMoved: boolean } | null = null;
  const ends = new AbortController();
  const { signal } = ends;
  frame.addEventListener(
    'pointerdown',
    ({ pointerType, pointerId, clientX: x, clientY: y }) => {
      if (pointerType === 'mouse') return;
      down.add(pointerId);
      finger = down.size === 1 ? { id: pointerId, x, y, hasMoved: false } : null;
    },
    { signal },
  );
  const drop = () => {
    finger = null;
  };
  frame.addEventListener('mousedown', drop, { signal });
  frame.addEventListener(
    'pointermove',
    ({ pointerId, clientX: x, clientY: y }) => {
      if (finger?.id !== pointerId) return;
      // The browser tells one step before it takes a finger away that goes up or down.
      if (!finger.hasMoved && Math.abs(x - finger.x) <= Math.abs(y - finger.y)) return;
      led.by(x - finger.x);
      finger = { id: pointerId, x, y, hasMoved: true };
    },
    { signal },
  );
  const lifted = ({ pointerId }: PointerEvent) => {
    down.delete(pointerId);
    if (finger?.id !== pointerId) return;
    const { hasMoved } = finger;
    finger = null;
    if (hasMoved) led.rested();
  };
  // Wherever it is by then: the node that it was put on may be gone.
  frame.ownerDocument.addEventListener('pointerup', lifted, { signal });
  frame.ownerDocument.addEventListener('pointercancel', lifted, { signal });
  return () => ends.abort();
}

/** How many fingers are on a frame, those included whose node is not drawn any more; not those that rest elsewhere. */
export const fingersWithin = (frame: Node, touches: Iterable<Touch>): number =>
  [...touches].filter(({ target }) => frame.contains(target as Node) || !(target as Node).isConnected).length;

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
