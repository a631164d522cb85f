import type { ReactNode } from 'react';
import css from './page-head.module.css';

interface Props {
  title: ReactNode;
  /** What stands before the title: a status. */
  lead?: ReactNode;
  /** A line below: who, when, how long. */
  detail?: ReactNode;
  actions?: ReactNode;
}

/** The heading of a page with what can be done on it. */
export function PageHead({ title, lead, detail, actions }: Props) {
  return (
    <div className={css.head}>
      <div className={css.what}>
        <div className={css.title}>
          {lead}
          <h1>{title}</h1>
        </div>
        {detail !== undefined && <div className={css.detail}>{detail}</div>}
      </div>
      {actions !== undefined && <div className={css.actions}>{actions}</div>}
    </div>
  );
}
