import { useEffect, useState } from 'react';

/**
 * The log over all of the window, and the window over all of the screen where the browser allows that. It is the
 * whole document that fills the screen, so that menus and tips, which are drawn beside the log, are seen.
 */
export function useFullScreen(): [boolean, (on: boolean) => void] {
  const [full, setFull] = useState(false);
  useEffect(() => {
    if (!full) return;
    // What the browser was told before may still be under way, and is told of when it is done.
    let [entered, over] = [false, false];
    const changed = () => {
      if (document.fullscreenElement !== null) entered = true;
      else if (entered) setFull(false);
    };
    const pressed = (event: KeyboardEvent) =>
      event.key === 'Escape' &&
      !event.defaultPrevented &&
      document.fullscreenElement === null &&
      setFull(false);
    document.addEventListener('fullscreenchange', changed);
    document.addEventListener('keydown', pressed);
    document.documentElement.requestFullscreen?.().then(
      () => over && leave(),
      () => {},
    );
    return () => {
      over = true;
      document.removeEventListener('fullscreenchange', changed);
      document.removeEventListener('keydown', pressed);
      leave();
    };
  }, [full]);
  return [full, setFull];
}

function leave(): void {
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
}
