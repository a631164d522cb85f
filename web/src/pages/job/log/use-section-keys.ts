import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Section } from './rows.ts';
import type { Folds } from './use-folds.ts';

interface SectionKeys {
  /** Tab comes to the button of this line alone, of those between two rows; null: there is none. */
  stopAmong: (first: number, last: number) => number | null;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: (event: FocusEvent) => void;
  /** Folds or unfolds it; the button that had the focus has it afterwards, though it be drawn anew. */
  toggle: (section: Section) => void;
}

/**
 * The buttons of sections are one stop of Tab, however many there are. The arrow keys go from one to the next through all
 * of the log, Home and End to the first and the last; those to the sides fold and unfold.
 */
export function useSectionKeys(
  scroller: RefObject<HTMLElement | null>,
  folds: Folds,
  showLine: (line: number) => void,
): SectionKeys {
  const { rows } = folds;
  const [last, setLast] = useState<number | null>(null);
  const wanted = useRef<number | null>(null);
  const buttonOf = (line: number) =>
    scroller.current?.querySelector<HTMLElement>(`[data-line="${line}"] [aria-expanded]`) ?? null;
  useEffect(() => {
    const button = wanted.current === null ? null : buttonOf(wanted.current);
    if (!button) return;
    wanted.current = null;
    button.focus({ preventScroll: true });
  });
  const goTo = (line: number | undefined) => {
    if (line === undefined) return;
    const drawn = buttonOf(line);
    if (drawn) return drawn.focus();
    wanted.current = line;
    showLine(line);
  };
  const toggle = (section: Section) => {
    if (buttonOf(section.start_line) === document.activeElement) wanted.current = section.start_line;
    folds.toggle(section);
  };
  return {
    stopAmong: (first, end) => {
      const row = last === null || folds.sectionAt(last) === null ? -1 : rows.rowOf(last);
      if (last !== null && first <= row && row <= end && !rows.isHidden(last)) return last;
      for (let each = first; each <= end; each += 1)
        if (folds.sectionAt(rows.lineAt(each))) return rows.lineAt(each);
      return null;
    },
    onFocus: ({ target }) => {
      if (target.hasAttribute('aria-expanded')) setLast(lineOf(target));
    },
    onKeyDown: (event) => {
      const { target, key } = event;
      if (!(target instanceof Element) || !target.hasAttribute('aria-expanded')) return;
      if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
      const line = lineOf(target);
      const section = folds.sectionAt(line);
      if (section === null) return;
      const shown = folds.headers.filter((each) => !rows.isHidden(each));
      const at = shown.indexOf(line);
      if (key === 'ArrowDown') goTo(shown[at + 1]);
      else if (key === 'ArrowUp') goTo(at > 0 ? shown[at - 1] : undefined);
      else if (key === 'Home') goTo(shown[0]);
      else if (key === 'End') goTo(shown.at(-1));
      else if (key === 'ArrowRight' || key === 'ArrowLeft') {
        if (folds.isFolded(section) === (key === 'ArrowRight')) toggle(section);
      } else return;
      event.preventDefault();
    },
    toggle,
  };
}

const lineOf = (within: Element) => Number(within.closest('[data-line]')?.getAttribute('data-line'));
