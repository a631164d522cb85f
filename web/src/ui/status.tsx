import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleDotDashed,
  CircleEllipsis,
  CirclePause,
  CirclePlay,
  CircleSlash,
  CircleX,
  Clock,
  type LucideIcon,
} from 'lucide-react';
import { clsx } from 'clsx';
import { Glyph } from './glyph.tsx';
import css from './status.module.css';

export type Tone = 'success' | 'failed' | 'running' | 'waiting' | 'quiet';

interface Look {
  Icon: LucideIcon;
  tone: Tone;
  label: string;
}

const LOOKS: Record<string, Look> = {
  created: { Icon: CircleDashed, tone: 'quiet', label: 'Created' },
  waiting_for_resource: { Icon: CirclePause, tone: 'waiting', label: 'Waiting for resource' },
  preparing: { Icon: CircleDotDashed, tone: 'quiet', label: 'Preparing' },
  waiting_for_callback: { Icon: CircleEllipsis, tone: 'waiting', label: 'Waiting for callback' },
  pending: { Icon: CircleEllipsis, tone: 'waiting', label: 'Pending' },
  running: { Icon: CircleDot, tone: 'running', label: 'Running' },
  success: { Icon: CircleCheck, tone: 'success', label: 'Passed' },
  failed: { Icon: CircleX, tone: 'failed', label: 'Failed' },
  warning: { Icon: CircleAlert, tone: 'waiting', label: 'Failed, allowed to' },
  // GitLab's group of a pipeline in which only jobs failed that may.
  'success-with-warnings': { Icon: CircleAlert, tone: 'waiting', label: 'Passed with warnings' },
  canceling: { Icon: Ban, tone: 'quiet', label: 'Canceling' },
  canceled: { Icon: Ban, tone: 'quiet', label: 'Canceled' },
  skipped: { Icon: CircleSlash, tone: 'quiet', label: 'Skipped' },
  manual: { Icon: CirclePlay, tone: 'quiet', label: 'Manual' },
  scheduled: { Icon: Clock, tone: 'quiet', label: 'Delayed' },
};
const UNKNOWN: Look = { Icon: CircleDashed, tone: 'quiet', label: 'Unknown' };

/** How a status looks and what it is called; a failure that is allowed is a warning. */
export function lookOf(status: string, allowFailure = false): Look {
  if (status === 'failed' && allowFailure) return LOOKS.warning ?? UNKNOWN;
  return LOOKS[status] ?? { ...UNKNOWN, label: status };
}

/** What is told of how a pipeline stands. */
export interface PipelineStatus {
  status: string;
  /** Where it is told. */
  detailed_status?: { group: string };
}

/** The status of a pipeline as it is shown: a success with warnings says so, once it is one. */
export const shownStatus = ({ status, detailed_status }: PipelineStatus): string =>
  status === 'success' && detailed_status?.group === 'success-with-warnings' ? detailed_status.group : status;

interface Props {
  status: string;
  allowFailure?: boolean;
  size?: number;
  className?: string;
}

/** The icon alone, with the status as its name; what is under way pulses. */
export function StatusIcon({ status, allowFailure = false, size = 16, className }: Props) {
  const { Icon, tone, label } = lookOf(status, allowFailure);
  return (
    <span
      role="img"
      aria-label={label}
      title={label}
      className={clsx(css.icon, css[tone], status === 'running' && css.live, className)}
    >
      <Icon size={size} strokeWidth={2.25} aria-hidden />
    </span>
  );
}

/** The icon where hundreds are in sight, as light as it can be: what it stands in says the status on hover. */
export function StatusGlyph({ status, allowFailure = false, size = 16 }: Props) {
  const { Icon, tone, label } = lookOf(status, allowFailure);
  return (
    <Glyph
      icon={Icon}
      size={size}
      strokeWidth={2.25}
      role="img"
      aria-label={label}
      className={clsx(css.icon, css[tone], status === 'running' && css.live)}
    />
  );
}

/** Icon and word on a wash of their colour. */
export function StatusBadge({ status, allowFailure = false, className }: Omit<Props, 'size'>) {
  const { Icon, tone, label } = lookOf(status, allowFailure);
  return (
    <span className={clsx(css.badge, css[tone], css.wash, status === 'running' && css.live, className)}>
      <Icon size={14} strokeWidth={2.25} aria-hidden />
      {label}
    </span>
  );
}

/** A status that is not the last one: things still change. */
export const isActive = (status: string): boolean =>
  !['success', 'failed', 'canceled', 'skipped', 'manual'].includes(status);
