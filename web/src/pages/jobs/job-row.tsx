import { Ban, type LucideIcon, Play, RotateCw } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Name, Names } from '../../ui/name.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { Cell, Row, table } from '../../ui/table.tsx';
import { Duration, Time } from '../../ui/time.tsx';
import css from './jobs.module.css';
import type { Job } from './queries.ts';

export type Action = 'play' | 'retry' | 'cancel';

const BUTTONS: Record<Action, { label: string; icon: LucideIcon }> = {
  play: { label: 'Play', icon: Play },
  retry: { label: 'Retry', icon: RotateCw },
  cancel: { label: 'Cancel', icon: Ban },
};

const isShown = (action: string): action is Action => action in BUTTONS;

interface Props {
  fullPath: string;
  job: Job;
  busy: boolean;
  act: (action: Action) => void;
}

/** A job in the list: what it is, of which pipeline, where it ran, how long. */
export function JobRow({ fullPath, job, busy, act }: Props) {
  const { id, name, status, ref, pipeline, runner } = job;
  const runs = job.started_at !== null && job.finished_at === null;
  return (
    <Row data-job={id}>
      <Cell className={table.narrow}>
        <StatusBadge status={status} allowFailure={job.allow_failure} />
      </Cell>
      <Cell className={css.what}>
        <Link href={addresses.job(fullPath, id)} className={css.name} data-row>
          <Name text={name} />
        </Link>
        <span className={css.detail}>
          <span>#{id}</span>
          <span>
            <Name text={job.stage} />
          </span>
          <span className={css.ref} title={ref}>
            <Name text={ref} />
          </span>
          {job.tag_list.map((tag) => (
            <span key={tag} className={css.tag}>
              <Name text={tag} />
            </span>
          ))}
        </span>
      </Cell>
      <Cell className={css.side}>
        <Link href={addresses.pipeline(fullPath, pipeline.id)}>#{pipeline.id}</Link>
        <span className={css.muted}>
          <Names of={[job.user?.name]} />
        </span>
      </Cell>
      <Cell className={css.side}>
        <span className={css.runner}>
          <Names of={[runner?.description ?? runner?.name]} />
        </span>
        {job.queued_duration !== null && job.started_at !== null && (
          <span className={css.muted}>
            waited <Duration seconds={job.queued_duration} />
          </span>
        )}
      </Cell>
      <Cell className={css.side}>
        <Duration seconds={runs ? null : job.duration} since={runs ? job.started_at : null} />
        <span className={css.muted}>
          <Time at={job.finished_at ?? job.started_at ?? job.created_at} />
        </span>
      </Cell>
      <Cell className={css.actions}>
        {job.actions.filter(isShown).map((action) => (
          <IconButton
            key={action}
            label={`${BUTTONS[action].label} ${name} (${id})`}
            icon={BUTTONS[action].icon}
            size="small"
            busy={busy}
            onClick={() => act(action)}
          />
        ))}
      </Cell>
    </Row>
  );
}
