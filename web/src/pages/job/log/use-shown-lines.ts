import { type RefObject, useEffect, useRef, useState } from 'react';
import { useStable } from '../../../ui/use-stable.ts';
import { rangeOfHash } from './line-range.ts';
import type { LinesHandle } from './lines.tsx';
import type { LogState } from './log-store.ts';
import type { SearchState } from './searcher.ts';
import type { Folds } from './use-folds.ts';

interface Shown {
  /** The finding that is the current one; null: none. */
  current: number | null;
  /** To the next or the previous one. */
  step: (by: 1 | -1) => void;
}

/**
 * Brings into sight what was asked for: the line that the address named when the page was opened, as soon as it is
 * there; where it named none, maybe the end; then, of each search, what is found first.
 */
export function useShownLines(
  lines: RefObject<LinesHandle | null>,
  state: LogState,
  search: SearchState | null,
  folds: Folds,
  named: number | null,
  endFirst: boolean,
): Shown {
  const pointed = useRef(named);
  const [chosen, choose] = useState<{ query: unknown; finding: number } | null>(null);
  const found = search !== null && search.findings.count > 0 ? search : null;
  const current = found === null ? null : chosen?.query === found.query ? chosen.finding : 0;
  const query = found?.query ?? null;
  // What the address searches for is shown there and then only if it names no line.
  const shown = useRef<unknown>(null);

  const show = useStable((line: number) => {
    folds.reveal(line);
    // Once its section is unfolded.
    setTimeout(() => lines.current?.showLine(line));
  });
  const { phase, live, lines: count } = state;
  const opened = useRef(named !== null || !endFirst);
  useEffect(() => {
    if (opened.current || phase !== 'shown' || count === 0) return;
    opened.current = true;
    if (!live) setTimeout(() => lines.current?.toEnd());
  }, [phase, live, count, lines]);
  useEffect(() => {
    const line = pointed.current;
    if (line === null || phase !== 'shown' || count === 0 || (live && line > count)) return;
    pointed.current = null;
    show(Math.min(line, count));
  }, [phase, live, count, show]);
  useEffect(() => {
    // The address names another line of the same log; what the page writes into it itself is no such change.
    const changed = () => {
      const range = rangeOfHash(window.location.hash);
      if (range && count > 0) show(Math.min(range.from, count));
    };
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, [count, show]);
  const first = found?.findings.lineOf(0) ?? null;
  useEffect(() => {
    if (query === null || first === null || shown.current === query) return;
    const isOfAddress = shown.current === null && named !== null;
    shown.current = query;
    if (!isOfAddress) show(first);
  }, [query, first, named, show]);

  const step = (by: 1 | -1) => {
    if (!found) return;
    const { count: all } = found.findings;
    const next = ((current ?? 0) + by + all) % all;
    choose({ query: found.query, finding: next });
    show(found.findings.lineOf(next));
  };
  return { current, step };
}
