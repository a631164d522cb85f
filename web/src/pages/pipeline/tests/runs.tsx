import { useQuery } from '@tanstack/react-query';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import { messageOf } from '../../../api/problem.ts';
import { durationText } from '../../../ui/time.tsx';
import type { Case } from './cases.ts';
import { flakyText, HOW_IT_IS_COUNTED } from './flakiness.ts';
import { historyQuery } from './queries.ts';
import css from './tests.module.css';

export interface Run {
  job_id: number;
  pipeline_id: number;
  ref: string;
  sha: string;
  status: string;
  execution_time: number;
  created_at: string;
}
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A bar for each of the last runs, the latest at the right, each a link to its job. */
export function Runs({ fullPath, runs }: { fullPath: string; runs: readonly Run[] }) {
  return (
    <ol className={css.runs} aria-label={`The last ${runs.length} runs`}>
      {runs.toReversed().map((run, index) => {
        const said = `${run.status} on ${run.ref}, ${durationText(run.execution_time)}, ${exact.format(new Date(run.created_at))}`;
        return (
          <li key={`${run.job_id} ${run.created_at}`}>
            <Link
              href={addresses.job(fullPath, run.job_id)}
              className={css.run}
              // A hundred stops of the Tab key are none: those that failed, and the latest.
              tabIndex={run.status === 'success' && index < runs.length - 1 ? -1 : 0}
              data-status={run.status}
              title={said}
              aria-label={said}
            />
          </li>
        );
      })}
    </ol>
  );
}

/** How often a test changes its mind. */
export const Flakiness = ({ score }: { score: number }) => (
  <span title={HOW_IT_IS_COUNTED}>{flakyText(score)}</span>
);

/** The history of one case, fetched when it is looked at. */
export function CaseHistory({ fullPath, of }: { fullPath: string; of: Case }) {
  const { data, error } = useQuery(historyQuery(fullPath, of));
  const test = data?.[0];
  if (error) return <p className={css.muted}>{messageOf(error)}</p>;
  if (!data) return <p className={css.muted}>Looking up its last runs…</p>;
  if (!test) return <p className={css.muted}>It has no history yet: that begins when its job has ended.</p>;
  const passed = test.success_count;
  return (
    <div className={css.history}>
      <Runs fullPath={fullPath} runs={test.runs} />
      <p className={css.muted}>
        {passed} of its last {test.total_count} runs passed; <Flakiness score={test.flaky_score} />
      </p>
    </div>
  );
}
