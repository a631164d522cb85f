import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type MouseEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'react';
import { Button } from '../../../ui/button.tsx';
import { useStable } from '../../../ui/use-stable.ts';
import { walkLines } from '../../../ui/walk-lines.ts';
import { Line } from './line.tsx';
import { LineMarks } from './line-marks.ts';
import { partsOfLine } from './line-runs.ts';
import type { LineRange } from './line-range.ts';
import css from './lines.module.css';
import type { LogState, LogStore } from './log-store.ts';
import { PLAIN } from './sgr.ts';
import type { Folds } from './use-folds.ts';
import { useSectionKeys } from './use-section-keys.ts';
import type { Findings } from './findings.ts';
import { useTail } from './use-tail.ts';

/** Pixels of a line that is not wrapped. */
const LINE = 20;
/**
 * Rows that are measured and drawn together: so the list has few items, however long the log is. Of wide lines fewer, for as
 * many are drawn that nobody sees.
 */
const GROUP = { narrow: 20, wide: 2 };
/** Bytes of a line, as they are on average, from which on lines are wide. */
const WIDE = 1024;
/** Rows in the list at once: a browser has no element above some 16 million pixels. Wrapped rows are higher. */
const MOST_ROWS = { plain: 800_000, wrapped: 160_000 };
const MOST_GROUPS = MOST_ROWS.plain / GROUP.wide;
/** By so many rows the list moves on when it has too many: each time all of it is measured anew. */
const STEP = { plain: 100_000, wrapped: 20_000 };

export interface LinesHandle {
  /** Brings a line into the middle, and what is found in it into sight. */
  showLine: (line: number) => void;
  toStart: () => void;
  toEnd: () => void;
  focus: () => void;
}

interface Props {
  ref: Ref<LinesHandle>;
  store: LogStore;
  state: LogState;
  folds: Folds;
  wrap: boolean;
  stamps: boolean;
  chosen: LineRange | null;
  findings: Findings | null;
  /** Which finding is the current one. */
  current: number | null;
  follows: boolean;
  onFollow: (follows: boolean) => void;
  onNumber: (event: MouseEvent, line: number) => void;
}

/** The lines themselves: only those in sight are drawn, and only what they need is fetched. */
export function Lines(props: Props) {
  const { ref, store, state, folds, wrap, stamps, chosen, findings, current, follows, onFollow, onNumber } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const { rows } = folds;
  const [most, step] = wrap ? [MOST_ROWS.wrapped, STEP.wrapped] : [MOST_ROWS.plain, STEP.plain];
  const [wanted, setBase] = useState(0);
  const group = state.size > WIDE * state.lines ? GROUP.wide : GROUP.narrow;
  const lastBase = Math.max(0, Math.ceil((rows.count - most) / step) * step);
  const base = follows ? lastBase : Math.min(wanted, lastBase);
  const count = Math.min(most, rows.count - base);
  const generation = useGeneration(wrap, base, group, folds.decided);
  const inGroup = (index: number) => Math.min(group, count - index * group);
  // oxlint-disable-next-line react/incompatible-library -- it tells of its changes by drawing anew
  const virtual = useVirtualizer({
    count: Math.ceil(count / group),
    getScrollElement: () => scroller.current,
    estimateSize: (index) => inGroup(index) * LINE,
    overscan: 1,
    paddingStart: 8,
    paddingEnd: 8,
    // What was measured of other rows, or of fewer, does not count.
    getItemKey: (index) => (generation * MOST_GROUPS + index) * (GROUP.narrow + 1) + inGroup(index),
  });
  useEffect(() => {
    if (follows) setBase(lastBase);
  }, [follows, lastBase]);

  const items = virtual.getVirtualItems();
  const first = base + (items[0]?.index ?? 0) * group;
  const last = Math.min(base + ((items.at(-1)?.index ?? 0) + 1) * group, base + count) - 1;
  useEffect(() => {
    if (last >= first) store.show(rows.lineAt(first), rows.lineAt(last));
  }, [store, rows, first, last, state.version]);

  useTail(scroller, follows, state.live, onFollow);

  const target = useRef<number | null>(null);
  useEffect(() => {
    const line = target.current;
    const element = scroller.current;
    if (line === null || !element) return;
    const drawn = element.querySelector(`[data-line="${line}"]`);
    if (!drawn || store.line(line) === null) return;
    target.current = null;
    intoSight(element, drawn);
  });
  const showLine = (line: number) => {
    onFollow(false);
    target.current = line;
    const row = rows.rowOf(line);
    const half = Math.floor(most / 2 / GROUP.narrow) * GROUP.narrow;
    const next =
      row >= base && row < base + count
        ? base
        : Math.min(lastBase, Math.max(0, Math.floor(row / GROUP.narrow) * GROUP.narrow - half));
    setBase(next);
    // Once the list is the one that has the row.
    requestAnimationFrame(() => virtual.scrollToIndex(Math.floor((row - next) / group), { align: 'center' }));
  };
  useImperativeHandle(ref, () => ({
    showLine,
    toStart: () => {
      onFollow(false);
      setBase(0);
      scroller.current?.scrollTo({ top: 0 });
    },
    toEnd: () => {
      setBase(lastBase);
      requestAnimationFrame(() => virtual.scrollToEnd());
    },
    focus: () => scroller.current?.focus(),
  }));
  const sectionKeys = useSectionKeys(scroller, folds, showLine);

  const chosenRow = chosen === null ? -1 : rows.rowOf(chosen.from);
  const tabStop = chosenRow >= first && chosenRow <= last ? chosenRow : first;
  const sectionStop = sectionKeys.stopAmong(first, last);
  const onFold = useStable(sectionKeys.toggle);
  const marks = useMemo(() => new LineMarks(findings), [findings]);
  marks.begin();
  const [, drawAgain] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    if (!marks.waits) return undefined;
    const frame = requestAnimationFrame(() => {
      marks.next();
      drawAgain();
    });
    return () => cancelAnimationFrame(frame);
  });
  const drawn = (row: number) => {
    const line = rows.lineAt(row);
    const found = store.line(line);
    const parts = found && partsOfLine(found.text);
    const section = folds.sectionAt(line);
    return (
      <Line
        key={line}
        line={line}
        text={parts?.text ?? null}
        style={found?.style ?? PLAIN}
        cut={found?.cut ?? false}
        stamp={stamps ? (parts?.stamp ?? '') : null}
        marks={marks.of(line, current)}
        chosen={chosen !== null && chosen.from <= line && line <= chosen.to}
        tabStop={row === tabStop}
        section={section}
        folded={section !== null && folds.isFolded(section)}
        sectionStop={line === sectionStop}
        onNumber={onNumber}
        onFold={onFold}
      />
    );
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the links within it
    <div
      ref={scroller}
      onKeyDown={(event) => {
        walkLines(event);
        sectionKeys.onKeyDown(event);
      }}
      onFocus={sectionKeys.onFocus}
      className={css.scroller}
      data-wrap={wrap || undefined}
      style={{ '--digits': String(Math.max(3, String(state.lines).length)) } as CSSProperties}
      tabIndex={0}
      role="region"
      aria-label="Log"
    >
      {base > 0 && (
        <Button size="small" className={css.more} onClick={() => setBase(Math.max(0, base - most))}>
          Show the lines before line {rows.lineAt(base).toLocaleString()}
        </Button>
      )}
      <div className={css.all} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => (
          <div
            key={`${generation} ${item.index}`}
            ref={virtual.measureElement}
            data-index={item.index}
            className={css.group}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            {Array.from({ length: Math.max(0, inGroup(item.index)) }, (_, each) =>
              drawn(base + item.index * group + each),
            )}
          </div>
        ))}
      </div>
      {base < lastBase && (
        <Button size="small" className={css.more} onClick={() => setBase(Math.min(lastBase, base + most))}>
          Show the lines behind line {rows.lineAt(base + count - 1).toLocaleString()}
        </Button>
      )}
    </div>
  );
}

/** Counts up when rows are others than they were. */
function useGeneration(...what: unknown[]): number {
  const [known, setKnown] = useState({ what, count: 0 });
  if (known.what.every((each, index) => each === what[index])) return known.count;
  setKnown({ what, count: known.count + 1 });
  return known.count + 1;
}

/** Scrolls the list, and nothing around it, until a line is in the middle and its finding can be seen. */
function intoSight(scroller: Element, line: Element): void {
  const around = scroller.getBoundingClientRect();
  const at = line.getBoundingClientRect();
  const found = line.querySelector('mark[data-current]')?.getBoundingClientRect();
  let left = scroller.scrollLeft;
  if (!found) left = 0;
  else if (found.right > around.right - 24 || found.left < around.left + 80)
    left += found.left - around.left - around.width / 3;
  scroller.scrollTo({
    top: scroller.scrollTop + at.top - around.top - (around.height - at.height) / 2,
    left: Math.max(0, left),
  });
}
