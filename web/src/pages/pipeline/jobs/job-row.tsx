import { memo } from 'react';
import { Link } from '../../../address/link.tsx';
import type { PipelineJob } from '../../../api/schema.ts';
import { Name, Names } from '../../../ui/name.tsx';
import { StatusBadge, StatusIcon } from '../../../ui/status.tsx';
import { Duration, Time } from '../../../ui/time.tsx';
import { JobActionButtons } from '../job-action.tsx';
import { reasonText } from '../reasons.ts';
import { hrefOf } from '../summary.ts';
import css from './jobs-table.module.css';

interface Props {
  fullPath: string;
  pipeline: number;
  job: PipelineJob;
  /** There is no room for the word of its status. */
  isNarrow: boolean;
}

export const JobRow = memo(function JobRow({ fullPath, pipeline, job, isNarrow }: Props) {
  const href = hrefOf(fullPath, job);
  const notes = [
    ...(job.attempt > 1 ? [`attempt ${job.attempt}`] : []),
    ...(job.retried ? ['replaced by a later attempt'] : []),
    ...(job.failure_reason === null ? [] : [reasonText(job.failure_reason)]),
    ...(job.environment === null ? [] : [`to ${job.environment}`]),
    ...job.tag_list,
  ];
  return (
    <tr data-retried={job.retried}>
      <td data-column="status">
        {isNarrow ? (
          <StatusIcon status={job.status} allowFailure={job.allow_failure} />
        ) : (
          <StatusBadge status={job.status} allowFailure={job.allow_failure} />
        )}
      </td>
      <td data-column="name">
        <span className={css.name}>
          {href === null ? (
            <Name text={job.name} />
          ) : (
            <Link href={href}>
              <Name text={job.name} />
            </Link>
          )}
        </span>
        {notes.length > 0 && (
          <span className={css.notes} title={notes.join(' · ')}>
            <Names of={notes} between=" · " />
          </span>
        )}
      </td>
      <td data-column="stage">
        <Name text={job.stage} />
      </td>
      <td data-column="duration">
        <Duration seconds={job.duration} since={job.finished_at === null ? job.started_at : null} />
      </td>
      <td data-column="queued">
        <Duration
          seconds={job.queued_duration}
          since={job.started_at === null && job.finished_at === null ? job.queued_at : null}
        />
      </td>
      <td data-column="started">
        <Time at={job.started_at} />
      </td>
      <td data-column="actions">
        <span className={css.actions}>
          <JobActionButtons fullPath={fullPath} pipeline={pipeline} job={job} />
        </span>
      </td>
    </tr>
  );
});
