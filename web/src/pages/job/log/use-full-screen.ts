import { useEffect, useState } from 'react';

/**
 * The log over all of the window, and the window over all of the screen where the browser allows that. It is the
 * whole document that fills the screen, so that menus and tips, which are drawn beside the log, are seen.
 */
export function useFullScreen(): [boolean, (on: boolean) => void] {
  const [full, setFull] = useState(false);
  useEffect(() => {
    if (!full) return;
    let entered = false;
    const changed = () => {
      if (document.fullscreenElement !== null) entered = true;
      else if (entered && !isAtIt) setFull(false);
    };
    const pressed = (event: KeyboardEvent) =>
      event.key === 'Escape' &&
      !event.defaultPrevented &&
      document.fullscreenElement === null &&
      setFull(false);
    document.addEventListener('fullscreenchange', changed);
    document.addEventListener('keydown', pressed);
    void fillScreen(true);
    return () => {
      document.removeEventListener('fullscreenchange', changed);
      document.removeEventListener('keydown', pressed);
      void fillScreen(false);
    };
  }, [full]);
  return [full, setFull];
}

let isWanted = false;
/** Whether the browser has still to do what it was asked for. */
let isAtIt = false;

const fillsScreen = () => document.fullscreenElement !== null;

/**
 * One thing after the other: a browser takes its time, and something else may be wanted meanwhile. One that says that it is
 * done, or says nothing, and has changed nothing is not asked again: that would go on for ever.
 */
async function fillScreen(on: boolean): Promise<void> {
  isWanted = on;
  if (isAtIt) return;
  isAtIt = true;
  try {
    while (isWanted !== fillsScreen()) {
      const before = fillsScreen();
      await (isWanted ? document.documentElement.requestFullscreen() : document.exitFullscreen());
      if (fillsScreen() === before) break;
    }
  } catch {
    // It does not allow that: the log has the window alone.
  }
  isAtIt = false;
}
