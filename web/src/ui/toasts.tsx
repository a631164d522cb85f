import { clsx } from 'clsx';
import { useEffect, useSyncExternalStore } from 'react';
import { messageOf } from '../api/problem.ts';
import { Seen } from './name.tsx';
import { onUse } from './on-use.tsx';
import { forget, isNeeded, type Said, say, subscribe, waitingNow } from './said.ts';
import css from './toasts.module.css';

const STAYS_MS = 12_000;

const ToastList = onUse(async () => (await import('./toast-list.tsx')).ToastList, <Meanwhile />);

/** Short messages at the edge. */
export function Toasts() {
  return useSyncExternalStore(subscribe, isNeeded) && <ToastList />;
}

/** The newest message alone: what shows all of them is not here yet, or cannot be had, for the server is gone. */
function Meanwhile() {
  const said = useSyncExternalStore(subscribe, waitingNow).at(-1);
  return said && <Newest key={waitingNow().length} said={said} />;
}

function Newest({ said: { text, type } }: { said: Said }) {
  useEffect(() => {
    const timer = setTimeout(forget, STAYS_MS);
    return () => clearTimeout(timer);
  }, []);
  const isProblem = type === 'problem';
  return (
    <div className={css.viewport} role={isProblem ? 'alert' : 'status'}>
      <div className={clsx(css.toast, isProblem && css.problem)}>
        <p className={css.content}>
          <Seen text={text} />
        </p>
      </div>
    </div>
  );
}

const TOASTS = {
  /** An action that worked. */
  done: (text: string) => say({ text, type: 'done' }),
  /** Why it did not: stays longer, and is read out at once. */
  problem: (error: unknown) =>
    say({ text: typeof error === 'string' ? error : messageOf(error), type: 'problem' }),
};
export const useToasts = () => TOASTS;
