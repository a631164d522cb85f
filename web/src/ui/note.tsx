import { clsx } from 'clsx';
import { CircleAlert, Info, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import css from './note.module.css';
import type { Tone } from './status.tsx';

/** A sentence or two that belong to the page: a problem, a hint. A failure is read out at once. */
export function Note({ tone = 'quiet', children }: { tone?: Tone; children: ReactNode }) {
  const Icon = tone === 'failed' || tone === 'waiting' ? CircleAlert : Info;
  return (
    <div className={clsx(css.note, css[tone])} role={tone === 'failed' ? 'alert' : 'note'}>
      <Icon size={16} className={css.icon} aria-hidden />
      <div className={css.text}>{children}</div>
    </div>
  );
}

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  /** What to do about it. */
  children?: ReactNode;
}

/** Where there is nothing yet: says what would be here, and how it comes to be. */
export function Empty({ icon: Icon, title, children }: EmptyProps) {
  return (
    <div className={css.empty}>
      <Icon size={32} strokeWidth={1.5} aria-hidden />
      <h2>{title}</h2>
      <div className={css.what}>{children}</div>
    </div>
  );
}

/** Grey bars while something loads: they keep its place, and say so to those who do not see them. */
export function Skeleton({ lines = 4 }: { lines?: number }) {
  return (
    <div className={css.skeleton} role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className={css.bar} data-nth={index % 3} />
      ))}
    </div>
  );
}
