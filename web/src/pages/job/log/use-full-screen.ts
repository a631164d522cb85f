import { useEffect, useState } from 'react';

/**
 * The log over all of the window, and the window over all of the screen where the browser allows that. It is the
 * whole document that fills the screen, so that menus and tips, which are drawn beside the log, are seen.
 */
export function useFullScreen(): [boolean, (on: boolean) => void] {
  const [full, setFull] = useState(false);
  useEffect(() => {
    if (!full) return;
    const left = () => document.fullscreenElement === null && setFull(false);
    const pressed = (event: KeyboardEvent) =>
      event.key === 'Escape' &&
      !event.defaultPrevented &&
      document.fullscreenElement === null &&
      setFull(false);
    document.addEventListener('fullscreenchange', left);
    document.addEventListener('keydown', pressed);
    return () => {
      document.removeEventListener('fullscreenchange', left);
      document.removeEventListener('keydown', pressed);
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
    };
  }, [full]);
  return [
    full,
    (on) => {
      setFull(on);
      if (on) void document.documentElement.requestFullscreen?.().catch(() => {});
    },
  ];
}
