import { ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { PipelineJob } from '../../../api/schema.ts';
import { Button } from '../../../ui/button.tsx';
import { durationText } from '../../../ui/time.tsx';
import { hrefOf } from '../summary.ts';
import css from './critical-line.module.css';
import { type CriticalPath, endOf } from './critical-path.ts';
import { JobLabel } from './job-label.tsx';

/** Of a path with more jobs than `most`, the first and the last ones are shown until all are asked for. */
const FOLD = { most: 7, first: 2, last: 4 };

interface Props {
  fullPath: string;
  jobs: readonly PipelineJob[];
  path: CriticalPath;
  now: number;
}

/** The jobs that decided how long the pipeline took, one after the other. */
export function CriticalLine({ fullPath, jobs, path, now }: Props) {
  const [isOpen, open] = useState(false);
  const byName = useMemo(() => new Map(jobs.map((job) => [job.name, job])), [jobs]);
  const steps = path.names.flatMap((name) => byName.get(name) ?? []);
  if (steps.length === 0) return null;
  const isLong = steps.length > FOLD.most;
  const folds = isLong && !isOpen;
  const left = folds ? steps.length - FOLD.first - FOLD.last : 0;
  const shown = folds ? [...steps.slice(0, FOLD.first), ...steps.slice(-FOLD.last)] : steps;
  return (
    <section className={css.line} aria-label="Critical path">
      <h2 className={css.title}>
        Critical path <span className={css.total}>{durationText((path.waited + path.ran) / 1000)}</span>
      </h2>
      <ol className={css.steps}>
        {shown.map((job, index) => (
          <li key={job.id} className={css.step}>
            {index > 0 && <ChevronRight size={14} className={css.arrow} aria-hidden />}
            {folds && index === FOLD.first && (
              <>
                <span className={css.muted}>{left} more</span>
                <ChevronRight size={14} className={css.arrow} aria-hidden />
              </>
            )}
            <Step fullPath={fullPath} job={job} now={now} />
          </li>
        ))}
      </ol>
      {isLong && (
        <Button size="small" kind="quiet" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
          {isOpen ? 'Show fewer' : `Show all ${steps.length}`}
        </Button>
      )}
    </section>
  );
}

function Step({ fullPath, job, now }: Pick<Props, 'fullPath' | 'now'> & { job: PipelineJob }) {
  return (
    <>
      <JobLabel href={hrefOf(fullPath, job)} job={job} className={css.job} nameClass={css.name} />
      {job.started_at !== null && (
        <span className={css.muted}>
          {durationText((endOf(job, now) - Date.parse(job.started_at)) / 1000)}
        </span>
      )}
    </>
  );
}
