import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import { Button } from '../../../ui/button.tsx';
import { Note, Skeleton } from '../../../ui/note.tsx';
import { Problem } from '../../../ui/problem.tsx';
import type { Attempt } from '../queries.ts';
import css from './compare.module.css';
import { diffLines, type DiffRow, type NumberedLine, stretchesOf } from './diff-lines.ts';
import { type LogEnd, logEndQuery } from './log-end.ts';

/** Rows that are drawn before somebody asks for more. */
const AT_ONCE = 500;

interface Props {
  fullPath: string;
  left: Attempt;
  right: Attempt;
}

/** The ends of two logs, aligned, from the first line in which they differ on. */
export function LogDiff({ fullPath, left, right }: Props) {
  const ends = [useQuery(logEndQuery(fullPath, left.id)), useQuery(logEndQuery(fullPath, right.id))] as const;
  const failed = ends.find(({ isError }) => isError);
  if (failed) return <Problem error={failed.error} retry={() => void failed.refetch()} />;
  const [one, other] = ends.map(({ data }) => data);
  if (one === undefined || other === undefined) return <Skeleton lines={8} />;
  const without = one === null ? left : other === null ? right : null;
  if (one === null || other === null)
    return <Note>{`Attempt ${without?.attempt ?? ''} has no log: there is nothing to compare.`}</Note>;
  return <Aligned fullPath={fullPath} left={left} right={right} one={one} other={other} />;
}

function Aligned({ fullPath, left, right, one, other }: Props & { one: LogEnd; other: LogEnd }) {
  const { rows, aligned } = useMemo(() => diffLines(one.lines, other.lines), [one, other]);
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const [most, setMost] = useState(AT_ONCE);
  const stretches = stretchesOf(rows);
  const drawn = [];
  let count = 0;
  for (const { from, to, folded } of stretches) {
    if (count >= most) break;
    if (folded && !unfolded.has(from)) {
      const unfold = () => setUnfolded((before) => new Set([...before, from]));
      drawn.push(<Folded key={`folded ${from}`} count={to - from} onUnfold={unfold} />);
      continue;
    }
    const end = Math.min(to, from + most - count);
    for (let at = from; at < end; at += 1) {
      const row = rows[at];
      if (row) drawn.push(<DiffLine key={at} row={row} />);
    }
    count += end - from;
  }
  const all = stretches.reduce(
    (sum, { from, to, folded }) => sum + (folded && !unfolded.has(from) ? 0 : to - from),
    0,
  );
  return (
    <section className={css.logs} aria-label="Logs side by side">
      <h3>Logs</h3>
      <p className={css.about}>
        {aligned ? (
          <Parting
            rows={rows}
            hrefs={[addresses.job(fullPath, left.id), addresses.job(fullPath, right.id)]}
          />
        ) : (
          'The logs have very little in common, so their lines are not aligned.'
        )}{' '}
        Times, durations and long hexadecimal numbers are not compared.
        {(one.cut || other.cut) && ' Of a long log only the end is.'}
      </p>
      {rows.length > 0 && (
        <div className={css.box} role="region" aria-label="Lines side by side" tabIndex={0}>
          <table className={css.diff}>
            <thead className="visually-hidden">
              <tr>
                <th scope="col">Attempt {left.attempt}</th>
                <th scope="col">Attempt {right.attempt}</th>
              </tr>
            </thead>
            <tbody>{drawn}</tbody>
          </table>
        </div>
      )}
      {all > most && (
        <Button size="small" onClick={() => setMost(most + AT_ONCE)}>
          Show more lines
        </Button>
      )}
    </section>
  );
}

/** Where two logs part, with a way to these lines. */
function Parting({ rows, hrefs }: { rows: readonly DiffRow[]; hrefs: readonly [string, string] }) {
  const first = rows.find(({ same }) => !same);
  if (!first) return rows.length === 0 ? 'Both logs are empty.' : 'The logs do not differ.';
  const [left, right] = [linkTo(first.left, hrefs[0]), linkTo(first.right, hrefs[1])];
  if (left && right)
    return (
      <>
        They part at {left} on the left, {right} on the right.
      </>
    );
  return left ? (
    <>They part at {left} on the left, which the right one has not.</>
  ) : (
    <>They part at {right} on the right, which the left one has not.</>
  );
}

const linkTo = (to: NumberedLine | null, href: string) =>
  to && <Link href={`${href}#L${to.line}`}>line {to.line.toLocaleString()}</Link>;

function Folded({ count, onUnfold }: { count: number; onUnfold: () => void }) {
  return (
    <tr className={css.folded}>
      <td colSpan={2}>
        <button type="button" onClick={onUnfold}>
          {count.toLocaleString()} lines that do not differ
        </button>
      </td>
    </tr>
  );
}

function DiffLine({ row: { left, right, same } }: { row: DiffRow }) {
  return (
    <tr data-differs={!same || undefined}>
      <Side line={left} mark={same ? null : '−'} side="left" />
      <Side line={right} mark={same ? null : '+'} side="right" />
    </tr>
  );
}

interface SideProps {
  line: NumberedLine | null;
  /** Null: both have it. */
  mark: string | null;
  side: 'left' | 'right';
}

function Side({ line, mark, side }: SideProps) {
  if (line === null)
    return (
      <td data-side={side} className={css.nothing}>
        <span className="visually-hidden">nothing</span>
      </td>
    );
  return (
    <td data-side={side}>
      <div className={css.line}>
        <span className={css.number}>{line.line}</span>
        <span className={css.mark} aria-hidden>
          {mark}
        </span>
        {mark !== null && <span className="visually-hidden">differs: </span>}
        <span className={css.text}>{line.text}</span>
      </div>
    </td>
  );
}
