import type { ReactNode } from 'react';
import { Seen } from '../../ui/name.tsx';
import css from './panel.module.css';

/** A part of what stands beside the log. */
export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.panel} aria-label={title}>
      <header className={css.header}>
        <h2 className={css.title}>
          <Seen text={title} />
        </h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** A name and what it is; nothing for what is not there. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === '' || children === false) return null;
  return (
    <div className={css.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
export const Facts = ({ children }: { children: ReactNode }) => <dl className={css.facts}>{children}</dl>;
export { css as panel };
