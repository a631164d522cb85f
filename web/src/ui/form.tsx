import type { FormEvent, ReactNode } from 'react';
import css from './form.module.css';

/** The fields of a page that makes or changes something, one below the other. */
export function Form({
  onSubmit,
  children,
}: {
  onSubmit: (event: FormEvent) => Promise<void>;
  children: ReactNode;
}) {
  return (
    <form className={css.form} onSubmit={(event) => void onSubmit(event)}>
      {children}
    </form>
  );
}

/** The buttons of a form: the one that does it first. */
export const FormActions = ({ children }: { children: ReactNode }) => (
  <div className={css.actions}>{children}</div>
);

/** Fields that belong together, beside each other where there is room. */
export const FormPair = ({ children }: { children: ReactNode }) => <div className={css.pair}>{children}</div>;
