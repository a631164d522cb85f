import type { ReactNode } from 'react';
import css from './head.module.css';

/** One of the figures at the top of the page. */
export function Fact({ label, title, children }: { label: string; title?: string; children: ReactNode }) {
  return (
    <div className={css.fact} title={title}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
