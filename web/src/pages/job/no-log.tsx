import { CirclePlay, Clock, Eraser, FileX, Hourglass, type LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Seen } from '../../ui/name.tsx';
import { Empty } from '../../ui/note.tsx';
import { Time } from '../../ui/time.tsx';
import css from './no-log.module.css';
import type { Job } from './queries.ts';

/** What stands where a log would be: why there is none, and when there will be one. */
export function NoLog({ job, gone = false }: { job: Job; gone?: boolean }) {
  const { status, erased_at, name } = job;
  if (erased_at !== null || gone)
    return (
      <Card icon={Eraser} title="The log was erased">
        <Time at={erased_at} prefix="That was" />
      </Card>
    );
  const [icon, title, text] = wordsOf(status, name);
  return (
    <Card icon={icon} title={title}>
      <Seen text={text} />
    </Card>
  );
}

const Card = (props: ComponentProps<typeof Empty>) => (
  <div className={css.card}>
    <Empty {...props} />
  </div>
);

function wordsOf(status: string, name: string): [LucideIcon, string, string] {
  switch (status) {
    case 'created':
      return [
        Hourglass,
        'The job has not begun',
        'It begins when what comes before it has ended. Its log will be here.',
      ];
    case 'manual':
      return [
        CirclePlay,
        'The job waits to be played',
        `Nobody has played “${name}” yet. Its log will be here.`,
      ];
    case 'scheduled':
      return [Clock, 'The job waits for its time', 'Its log will be here.'];
    case 'pending':
    case 'waiting_for_resource':
    case 'preparing':
    case 'waiting_for_callback':
      return [Hourglass, 'The job waits for a runner', 'Its log appears here as it is written.'];
    case 'running':
    case 'canceling':
      return [Hourglass, 'Nothing has been written yet', 'The log appears here as it is written.'];
    case 'skipped':
      return [FileX, 'The job was skipped', 'So it has no log.'];
    default:
      return [FileX, 'The job has no log', 'It ended before anything was written.'];
  }
}
