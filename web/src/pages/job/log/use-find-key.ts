import { type RefObject, useEffect } from 'react';

/** Ctrl+F within `around` goes to `input`: the browser's own search would find only what is drawn. */
export function useFindKey(
  around: RefObject<HTMLElement | null>,
  input: RefObject<HTMLInputElement | null>,
): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'f' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      if (!around.current?.contains(document.activeElement) || !input.current) return;
      event.preventDefault();
      input.current.focus();
      input.current.select();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [around, input]);
}
