import { useCallback, useMemo, useState } from 'react';
import { hiddenBy, Rows, type Section, sectionKey } from './rows.ts';

export interface Folds {
  /** Another object after each decision. */
  decided: object;
  rows: Rows;
  /** The lines in which a section begins, in order. */
  headers: readonly number[];
  /** The outermost section that begins in a line. */
  sectionAt: (line: number) => Section | null;
  isFolded: (section: Section) => boolean;
  toggle: (section: Section) => void;
  /** Folds or unfolds all of them. */
  all: (folded: boolean) => void;
  /** Unfolds what hides a line. */
  reveal: (line: number) => void;
}

/** Which sections are folded: as the log asks for it, until somebody decides otherwise. */
export function useFolds(sections: readonly Section[], lines: number): Folds {
  const [decided, setDecided] = useState<ReadonlyMap<string, boolean>>(new Map());
  const isFolded = useCallback(
    (section: Section) => decided.get(sectionKey(section)) ?? section.collapsed,
    [decided],
  );
  const byLine = useMemo(() => {
    const found = new Map<number, Section>();
    // One that ends in its own line, or has nothing in it, cannot be folded.
    for (const section of sections)
      if (hiddenBy(section, lines) && !found.has(section.start_line)) found.set(section.start_line, section);
    return found;
  }, [sections, lines]);
  const headers = useMemo(() => [...byLine.keys()].toSorted((a, b) => a - b), [byLine]);
  const rows = useMemo(
    () =>
      new Rows(
        lines,
        sections.flatMap((each) => (isFolded(each) ? [hiddenBy(each, lines) ?? []] : [])).filter(isRange),
      ),
    [lines, sections, isFolded],
  );
  const decide = useCallback(
    (changed: readonly Section[], folded: boolean) =>
      setDecided((before) => {
        // All rows are drawn anew after a decision.
        if (changed.length === 0) return before;
        const after = new Map(before);
        for (const section of changed) after.set(sectionKey(section), folded);
        return after;
      }),
    [],
  );
  return {
    decided,
    rows,
    headers,
    sectionAt: (line) => byLine.get(line) ?? null,
    isFolded,
    toggle: (section) => decide(startingWith(section, sections), !isFolded(section)),
    all: (folded) => decide(sections, folded),
    reveal: (line) =>
      decide(
        sections.filter((each) => {
          const hidden = isFolded(each) ? hiddenBy(each, lines) : null;
          return hidden !== null && hidden[0] <= line && line <= hidden[1];
        }),
        false,
      ),
  };
}

/** Sections that begin in one line have one header, and fold together. */
const startingWith = ({ start_line }: Section, sections: readonly Section[]) =>
  sections.filter((each) => each.start_line === start_line);

const isRange = (range: readonly number[]): range is readonly [number, number] => range.length === 2;
