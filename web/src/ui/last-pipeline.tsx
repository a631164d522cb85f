import { clsx } from 'clsx';
import { addresses } from '../address/addresses.ts';
import { Link } from '../address/link.tsx';
import css from './last-pipeline.module.css';
import { lookOf, type PipelineStatus, shownStatus, StatusBadge, StatusIcon } from './status.tsx';

/** A pipeline as lists of other things tell of it. */
export type ListedPipeline = PipelineStatus & { id: number };

interface Props {
  fullPath: string;
  /** Undefined or null: there is none, or none for this person to see. */
  pipeline: ListedPipeline | null | undefined;
  /** With the word beside the icon. */
  wide?: boolean;
  className?: string;
}

/** The status of a pipeline as a link to it. */
export function LastPipeline({ fullPath, pipeline, wide = false, className }: Props) {
  if (!pipeline) return null;
  const { id } = pipeline;
  const status = shownStatus(pipeline);
  return (
    <Link
      href={addresses.pipeline(fullPath, id)}
      className={clsx(css.link, className)}
      aria-label={`Pipeline #${id}: ${lookOf(status).label}`}
    >
      {wide ? <StatusBadge status={status} /> : <StatusIcon status={status} size={18} />}
    </Link>
  );
}
