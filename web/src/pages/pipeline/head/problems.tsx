import { useState } from 'react';
import { Link } from '../../../address/link.tsx';
import { useSearchValue } from '../../../address/use-search.ts';
import type { PipelineGraph, PipelineJob } from '../../../api/schema.ts';
import { Button } from '../../../ui/button.tsx';
import { Name, Seen } from '../../../ui/name.tsx';
import { Note } from '../../../ui/note.tsx';
import { reasonText } from '../reasons.ts';
import { StatusIcon } from '../../../ui/status.tsx';
import { Duration } from '../../../ui/time.tsx';
import { JobActionButtons } from '../job-action.tsx';
import { hrefOf } from '../summary.ts';
import css from './head.module.css';

const FEW = 5;

/** What went wrong: mistakes of the configuration, and the jobs that failed, each with its reason and its log. */
export function Problems({ fullPath, graph }: { fullPath: string; graph: PipelineGraph }) {
  const [all, setAll] = useState(false);
  const [view, setView] = useSearchValue('view', 'graph');
  const { yaml_errors } = graph.pipeline;
  const failed = graph.jobs.filter((job) => job.status === 'failed' && !job.allow_failure);
  return (
    <>
      {yaml_errors !== null && (
        <div className={css.problems}>
          <Note tone="failed">
            <Seen text={yaml_errors} />{' '}
            {view !== 'why' && (
              <Button size="small" kind="quiet" onClick={() => setView('why')}>
                Show where
              </Button>
            )}
          </Note>
        </div>
      )}
      {failed.length > 0 && (
        <section className={css.problems} aria-label="Failed jobs">
          <h2 className={css.failedHead}>
            {failed.length === 1 ? '1 job failed' : `${failed.length} jobs failed`}
          </h2>
          <ul className={css.failed}>
            {failed.slice(0, all ? undefined : FEW).map((job) => (
              <Failed key={job.id} fullPath={fullPath} pipeline={graph.pipeline.id} job={job} />
            ))}
          </ul>
          {failed.length > FEW && !all && (
            <Button size="small" kind="quiet" onClick={() => setAll(true)}>
              Show all {failed.length}
            </Button>
          )}
        </section>
      )}
    </>
  );
}

function Failed({ fullPath, pipeline, job }: { fullPath: string; pipeline: number; job: PipelineJob }) {
  const href = hrefOf(fullPath, job);
  return (
    <li className={css.failedJob}>
      <StatusIcon status="failed" />
      <span className={css.failedName}>
        {href === null ? (
          <Name text={job.name} />
        ) : (
          <Link href={href}>
            <Name text={job.name} />
          </Link>
        )}
        <span className={css.reason}>
          <Name text={job.stage} />, {reasonText(job.failure_reason ?? 'unknown_failure')}
          {job.failure_message !== null && <Seen text={`: ${job.failure_message}`} />}
        </span>
      </span>
      <span className={css.took}>
        <Duration seconds={job.duration} />
      </span>
      <JobActionButtons fullPath={fullPath} pipeline={pipeline} job={job} only />
    </li>
  );
}
