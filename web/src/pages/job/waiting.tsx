import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { useAbilities } from '../../api/abilities.ts';
import { Button } from '../../ui/button.tsx';
import { Name, Seen } from '../../ui/name.tsx';
import { Note, Skeleton } from '../../ui/note.tsx';
import { Problem } from '../../ui/problem.tsx';
import { durationText, Time, useNow } from '../../ui/time.tsx';
import { Panel, panel } from './panel.tsx';
import { type Attempt, type Job, queueQuery } from './queries.ts';
import css from './waiting.module.css';

/** What a job that has not begun waits for. Nothing for one that has. */
export function Waiting({
  fullPath,
  job,
  attempt,
}: {
  fullPath: string;
  job: Job;
  attempt: Attempt | undefined;
}) {
  switch (job.status) {
    case 'pending':
      return <Queue fullPath={fullPath} jobId={job.id} />;
    case 'created':
      return <Needs fullPath={fullPath} attempt={attempt} stage={job.stage} />;
    case 'scheduled':
      return attempt?.scheduled_at ? <Countdown at={attempt.scheduled_at} /> : null;
    case 'manual':
      return <Note>It waits for somebody who plays it.</Note>;
    case 'waiting_for_resource':
      return <Note tone="waiting">It waits for its resource group, which another job holds.</Note>;
    case 'skipped':
      return <Note>It was skipped: what it needs did not end as it would have to.</Note>;
    default:
      return null;
  }
}

/** Runners that cannot take it, as long as nobody asks for all. */
const FIRST = 6;

function Queue({ fullPath, jobId }: { fullPath: string; jobId: number }) {
  const can = useAbilities('project', fullPath);
  const [all, setAll] = useState(false);
  const queue = useQuery({ ...queueQuery(fullPath, jobId), enabled: can('read_build_queue') });
  if (!can('read_build_queue')) return <Note tone="waiting">It waits for a runner.</Note>;
  if (queue.data === undefined && queue.isError)
    return <Problem error={queue.error} retry={() => void queue.refetch()} />;
  if (queue.isPending) return <Skeleton lines={3} />;
  const { position, runners, other_runners: others, queued_at } = queue.data;
  // Those that fewest reasons keep from it come first: they are the ones to do something about.
  const nearest = others.toSorted((a, b) => a.reasons.length - b.reasons.length);
  const free = runners.filter(({ running_jobs }) => running_jobs === 0).length;
  return (
    <Panel title="Why it is pending">
      <div className={panel.stack}>
        {runners.length === 0 ? (
          <Note tone="failed">
            {others.length === 0
              ? 'There is no runner at all for this project.'
              : 'No runner can take it. Below is why each of them cannot.'}
          </Note>
        ) : (
          <Note tone="waiting">
            {position === null
              ? 'It is in the queue.'
              : position === 1
                ? 'It is next.'
                : `It is number ${position} in the queue.`}
            {free === 0 && ' All runners that can take it are busy.'}
          </Note>
        )}
        {queued_at !== null && (
          <p className={panel.muted}>
            <Time at={queued_at} prefix="Queued" />
          </p>
        )}
        {runners.map((runner) => (
          <Runner key={runner.id} runner={runner}>
            can take it; {runner.running_jobs === 0 ? 'it is free' : `it runs ${runner.running_jobs} now`}
          </Runner>
        ))}
        {nearest.slice(0, all ? undefined : FIRST).map((runner) => (
          <Runner key={runner.id} runner={runner} cannot>
            <Seen text={runner.reasons.map(({ message }) => message).join('; ')} />
          </Runner>
        ))}
        {!all && nearest.length > FIRST && (
          <Button size="small" onClick={() => setAll(true)}>
            Show all {nearest.length} that cannot take it
          </Button>
        )}
      </div>
    </Panel>
  );
}

function Runner({
  runner,
  cannot = false,
  children,
}: {
  runner: { id: number; description: string | null };
  cannot?: boolean;
  children: React.ReactNode;
}) {
  return (
    <div className={css.runner} data-cannot={cannot || undefined}>
      <strong>
        <Name text={runner.description ?? `Runner ${runner.id}`} />
      </strong>
      <span className={panel.muted}>{children}</span>
    </div>
  );
}

function Needs({
  fullPath,
  attempt,
  stage,
}: {
  fullPath: string;
  attempt: Attempt | undefined;
  stage: string;
}) {
  const needs = attempt?.needs ?? null;
  if (needs === null || needs.length === 0)
    return (
      <Note>
        It waits for the jobs of the stages before <Name text={stage} />.
      </Note>
    );
  return (
    <Panel title="It waits for">
      <ul className={css.needs}>
        {needs.map(({ name, job_id }) => (
          <li key={name}>
            {job_id === null ? (
              <Name text={name} />
            ) : (
              <Link href={addresses.job(fullPath, job_id)}>
                <Name text={name} />
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Countdown({ at }: { at: string }) {
  const left = (new Date(at).getTime() - useNow(1000)) / 1000;
  return (
    <Note tone="waiting">
      {left > 0 ? (
        <>
          It begins in <span className="number">{durationText(left)}</span>.
        </>
      ) : (
        'It is due now.'
      )}
    </Note>
  );
}
