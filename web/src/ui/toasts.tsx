import { Toast } from '@base-ui/react/toast';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { messageOf } from '../api/problem.ts';
import { IconButton } from './button.tsx';
import css from './toasts.module.css';

/** Short messages at the edge: an action that worked, or why it did not. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider timeout={6000}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={css.viewport}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className={clsx(css.toast, toast.type === 'problem' && css.problem)}
    >
      <Toast.Content className={css.content}>
        <Toast.Description className={css.text} />
        <Toast.Close render={<IconButton label="Dismiss" icon={X} size="small" />} />
      </Toast.Content>
    </Toast.Root>
  ));
}

export function useToasts() {
  const { add } = Toast.useToastManager();
  return useMemo(
    () => ({
      done: (text: string) => void add({ description: text, type: 'done' }),
      /** Stays longer, and is read out at once. */
      problem: (error: unknown) =>
        void add({
          description: typeof error === 'string' ? error : messageOf(error),
          type: 'problem',
          priority: 'high',
          timeout: 12_000,
        }),
    }),
    [add],
  );
}
