/** A page that nobody has looked at for so long lets its streams go. */
const AWAY_MS = 20_000;

/**
 * Says when the page has been out of sight for a while, and when it is looked at again: a browser has six connections to
 * a server for all its tabs together, and a stream holds one. One that was opened out of sight counts as gone from the first.
 */
export function watchSight(gone: () => void, back: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isGone = document.hidden;
  const changed = () => {
    clearTimeout(timer);
    if (document.hidden) {
      if (isGone) return;
      timer = setTimeout(() => {
        isGone = true;
        gone();
      }, AWAY_MS);
    } else if (isGone) {
      isGone = false;
      back();
    }
  };
  document.addEventListener('visibilitychange', changed);
  changed();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', changed);
  };
}
