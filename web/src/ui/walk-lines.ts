import type { KeyboardEvent } from 'react';

/** From the number of a line to that of the next: Tab would go through all that are drawn, and would draw more. */
export function walkLines(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  const line = event.target instanceof HTMLAnchorElement ? event.target.closest('[data-line]') : null;
  if (step === 0 || line === null || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
  const all = [...event.currentTarget.querySelectorAll('[data-line]')];
  const next = all[all.indexOf(line) + step]?.querySelector('a');
  if (!next) return;
  event.preventDefault();
  next.focus();
}
