import { useQuery } from '@tanstack/react-query';
import { TimerOff } from 'lucide-react';
import { useMemo } from 'react';
import { addresses } from '../../../address/addresses.ts';
import { useSearchValue } from '../../../address/use-search.ts';
import { Button } from '../../../ui/button.tsx';
import { Note, Skeleton } from '../../../ui/note.tsx';
import { Problem } from '../../../ui/problem.tsx';
import { logAddress } from '../log/log-address.ts';
import type { Attempt } from '../queries.ts';
import { About, LeftOut } from './about-diff.tsx';
import css from './compare.module.css';
import { DiffView } from './diff-view.tsx';
import { type LogIndex, logIndexQuery, partOf } from './log-part.ts';
import { useComparison } from './use-comparison.ts';

interface Props {
  fullPath: string;
  left: Attempt;
  right: Attempt;
}

/** Two logs, aligned, with where they part. */
export function LogDiff({ fullPath, left, right }: Props) {
  const indexes = [
    useQuery(logIndexQuery(fullPath, left.id)),
    useQuery(logIndexQuery(fullPath, right.id)),
  ] as const;
  const failed = indexes.find(({ isError }) => isError);
  if (failed) return <Problem error={failed.error} retry={() => void failed.refetch()} />;
  const [one, other] = indexes.map(({ data }) => data);
  if (one === undefined || other === undefined) return <Skeleton lines={8} />;
  const without = one === null ? left : other === null ? right : null;
  if (one === null || other === null)
    return <Note>{`Attempt ${without?.attempt ?? ''} has no log: there is nothing to compare.`}</Note>;
  return <Logs fullPath={fullPath} left={left} right={right} one={one} other={other} />;
}

function Logs({ fullPath, left, right, one, other }: Props & { one: LogIndex; other: LogIndex }) {
  const [value, setValue] = useSearchValue('exact');
  const exact = value !== '';
  const leftPart = useMemo(() => partOf(logAddress(fullPath, left.id).trace, one), [fullPath, left.id, one]);
  const rightPart = useMemo(
    () => partOf(logAddress(fullPath, right.id).trace, other),
    [fullPath, right.id, other],
  );
  const { compared, read, error, again } = useComparison(leftPart, rightPart, exact);
  const names = [`Attempt ${left.attempt}`, `Attempt ${right.attempt}`] as const;
  const hrefs = [addresses.job(fullPath, left.id), addresses.job(fullPath, right.id)] as const;
  return (
    <section className={css.logs} aria-label="Logs side by side">
      <div className={css.head}>
        <h3>Logs</h3>
        <Button
          size="small"
          icon={TimerOff}
          aria-pressed={!exact}
          onClick={() => setValue(exact ? null : 'true')}
        >
          Ignore times and durations
        </Button>
      </div>
      {error !== null && <Problem error={error} retry={again} />}
      {read !== null && <p className={css.about} role="status">{`Reading the logs… ${read} %`}</p>}
      {read !== null && compared === null && <Skeleton lines={8} />}
      {compared !== null && (
        <>
          {read === null && <About compared={compared} hrefs={hrefs} />}
          <LeftOut name={names[0]} part={compared.left} />
          <LeftOut name={names[1]} part={compared.right} />
          <DiffView compared={compared} names={names} />
        </>
      )}
    </section>
  );
}
