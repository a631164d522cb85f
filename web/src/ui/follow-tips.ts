/** What carries the words that are to be shown. */
export interface Pointed {
  anchor: Element;
  text: string;
}

/** So long a pointer rests before words come. */
const REST_MS = 400;
/** So long words stay when the pointer goes, for it may go to them, or to the next that has some. */
const STAY_MS = 150;

const carrierOf = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null;
const isWords = (target: EventTarget | null) =>
  target instanceof Element && target.closest('[data-tip-words]') !== null;

/** Tells which words are to be shown, and null once they are not; returns what ends that. */
export function followTips(point: (pointed: Pointed | null) => void): () => void {
  let shown: Element | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (milliseconds: number, act: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
  const show = (carrier: HTMLElement) => {
    clearTimeout(timer);
    if (!carrier.isConnected) return hide();
    shown = carrier;
    point({ anchor: carrier, text: carrier.dataset.tip ?? '' });
  };
  const hide = () => {
    clearTimeout(timer);
    if (shown !== null) point(null);
    shown = null;
  };
  const over = ({ pointerType, target }: PointerEvent) => {
    if (pointerType === 'touch') return;
    const carrier = carrierOf(target);
    if (isWords(target) || (carrier !== null && carrier === shown)) clearTimeout(timer);
    else if (carrier) later(shown === null ? REST_MS : 0, () => show(carrier));
    else if (shown === null) clearTimeout(timer);
    else later(STAY_MS, hide);
  };
  const focused = ({ target }: FocusEvent) => {
    const carrier = carrierOf(target);
    if (carrier && carrier === target && carrier.matches(':focus-visible')) show(carrier);
    else hide();
  };
  const ending = new AbortController();
  const on = { signal: ending.signal, capture: true };
  document.addEventListener('pointerover', over, on);
  document.documentElement.addEventListener('pointerleave', hide, { signal: ending.signal });
  document.addEventListener('focusin', focused, on);
  for (const type of ['focusout', 'pointerdown', 'keydown', 'scroll'])
    document.addEventListener(type, hide, on);
  return () => {
    ending.abort();
    clearTimeout(timer);
  };
}
