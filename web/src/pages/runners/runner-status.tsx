import { clsx } from 'clsx';
import css from './runner-status.module.css';

const LOOKS: Record<string, { label: string; tone: string | undefined }> = {
  online: { label: 'Online', tone: css.online },
  offline: { label: 'Offline', tone: css.offline },
  paused: { label: 'Paused', tone: css.paused },
  never_contacted: { label: 'Never contacted', tone: css.never },
  stale: { label: 'Gone for a week', tone: css.offline },
};
const UNKNOWN = { label: 'Unknown', tone: css.offline };

export const statusText = (status: string): string => (LOOKS[status] ?? UNKNOWN).label;

/** Whether the runner calls for jobs. */
export function RunnerStatus({ status }: { status: string }) {
  const { label, tone } = LOOKS[status] ?? UNKNOWN;
  return (
    <span className={css.status}>
      <span className={clsx(css.dot, tone)} aria-hidden />
      {label}
    </span>
  );
}
