import type { ReactNode } from 'react';
import css from './toolbar.module.css';

/** Search and filters above a list; `end` stands at the other edge. */
export function Toolbar({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <div className={css.toolbar}>
      {children}
      {end !== undefined && <div className={css.end}>{end}</div>}
    </div>
  );
}
