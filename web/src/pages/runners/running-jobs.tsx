import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import type { RunnerAtWork } from '../../api/schema.ts';
import { Name } from '../../ui/name.tsx';
import { StatusIcon } from '../../ui/status.tsx';
import { Duration } from '../../ui/time.tsx';
import css from './runners.module.css';

interface Props {
  jobs: RunnerAtWork['running_jobs'];
  /** Whether it is worth saying that it does nothing. */
  idle: boolean;
}

/** What a runner does now: those of its jobs that the person may see. */
export function RunningJobs({ jobs, idle }: Props) {
  if (jobs.length === 0) return idle ? <p className={css.muted}>Runs nothing at the moment</p> : null;
  return (
    <ul className={css.jobs} aria-label="Running now">
      {jobs.map(({ id, name, status, ref, started_at, path_with_namespace: path }) => (
        <li key={id} className={css.job}>
          <StatusIcon status={status} />
          <Link href={addresses.job(path, id)}>
            <Name text={name} />
          </Link>
          <span className={css.of}>
            {path} · <Name text={ref} />
          </span>
          <span className={css.muted}>
            <Duration since={started_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
