import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Problem } from '../../../ui/problem.tsx';
import css from './compare.module.css';
import { FoldedRow, LinesRow } from './diff-row.tsx';
import { DiffRows } from './diff-rows.ts';
import type { LogPart } from './log-part.ts';
import { SideLines } from './side-lines.ts';
import type { Compared } from './use-comparison.ts';

/** Pixels of a row whose lines are not wrapped. */
const ROW = 20;
/** Rows in the list at once: each that is measured has all behind it placed anew, which takes a quarter of a second for 100,000. */
const MOST_ROWS = 20_000;

interface Props {
  compared: Compared;
  /** Of both attempts. */
  names: readonly [string, string];
}

/** The lines of two logs beside each other: only those in sight are drawn and fetched. */
export function DiffView({ compared, names }: Props) {
  const { segments } = compared;
  const [unfolded, setUnfolded] = useState({ of: segments, which: NONE });
  const which = unfolded.of === segments ? unfolded.which : NONE;
  const rows = useMemo(() => new DiffRows(segments, which), [segments, which]);
  const [wanted, setBase] = useState(0);
  const base = Math.min(wanted, Math.floor(Math.max(0, rows.count - 1) / MOST_ROWS) * MOST_ROWS);
  const count = Math.min(MOST_ROWS, rows.count - base);
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- it tells of its changes by drawing anew
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
    getItemKey: (index) => rows.keyAt(base + index),
  });
  const items = virtual.getVirtualItems();
  const drawn = items.map(({ index }) => ({ index, row: rows.at(base + index) }));
  const [left, leftError] = useSide(
    compared.left,
    drawn.flatMap(({ row }) => (row.folded === null && row.left !== null ? [row.left] : [])),
  );
  const [right, rightError] = useSide(
    compared.right,
    drawn.flatMap(({ row }) => (row.folded === null && row.right !== null ? [row.right] : [])),
  );
  const error = leftError ?? rightError;
  const go = (to: number) => {
    setBase(to);
    scroller.current?.scrollTo({ top: 0 });
  };
  if (rows.count === 0) return null;
  return (
    <>
      {error !== null && (
        <Problem
          error={error}
          retry={() => {
            left.again();
            right.again();
          }}
        />
      )}
      <div ref={scroller} className={css.box} role="region" aria-label="Lines side by side" tabIndex={0}>
        {base > 0 && (
          <Button size="small" onClick={() => go(base - MOST_ROWS)}>
            Show the rows before these
          </Button>
        )}
        <div role="table" aria-rowcount={rows.count + 1} className={css.diff}>
          <div role="row" aria-rowindex={1} className="visually-hidden">
            <span role="columnheader">{names[0]}</span>
            <span role="columnheader">{names[1]}</span>
          </div>
          <div role="rowgroup" className={css.rows} style={{ height: virtual.getTotalSize() }}>
            {items.map((item, nth) => {
              const row = drawn[nth]?.row;
              if (!row) return null;
              return (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  role="row"
                  aria-rowindex={base + item.index + 2}
                  className={css.row}
                  data-differs={(row.folded === null && !row.same) || undefined}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  {row.folded === null ? (
                    <LinesRow
                      left={row.left === null ? null : left.line(row.left)}
                      right={row.right === null ? null : right.line(row.right)}
                      same={row.same}
                    />
                  ) : (
                    <FoldedRow
                      count={row.count}
                      onUnfold={() => setUnfolded({ of: segments, which: new Set([...which, row.folded]) })}
                    />
                  )}
                </div>
              );
            })}
          </div>
        </div>
        {base + count < rows.count && (
          <Button size="small" onClick={() => go(base + MOST_ROWS)}>
            Show the rows behind these
          </Button>
        )}
      </div>
    </>
  );
}

const NONE: ReadonlySet<number> = new Set();

/** The lines of one side; `nths` are those in sight, counted from 0 in what is compared. */
function useSide(part: LogPart, nths: readonly number[]) {
  const lines = useMemo(() => new SideLines(part), [part]);
  const state = useSyncExternalStore(lines.subscribe, lines.state);
  const numbers = nths.map((nth) => part.linesBefore + nth + 1);
  const inSight = numbers.join(' ');
  useEffect(() => {
    if (inSight !== '') lines.show(inSight.split(' ').map(Number));
  }, [lines, inSight]);
  const side = {
    again: () => lines.again(),
    line: (nth: number) => {
      const number = part.linesBefore + nth + 1;
      return { number, shown: lines.line(number) };
    },
  };
  return [side, state.error] as const;
}
