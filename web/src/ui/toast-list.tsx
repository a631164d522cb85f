import { Toast } from '@base-ui/react/toast';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { IconButton } from './button.tsx';
import { Seen } from './name.tsx';
import { listenTo } from './said.ts';
import css from './toasts.module.css';

/** What has been said, for a few seconds each. */
export function ToastList() {
  return (
    <Toast.Provider timeout={6000}>
      <Toast.Portal>
        <Toast.Viewport className={css.viewport}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { toasts, add } = Toast.useToastManager();
  useEffect(
    () =>
      listenTo(({ text, type }) => {
        const how = type === 'problem' ? ({ priority: 'high', timeout: 12_000 } as const) : {};
        add({ description: text, type, ...how });
      }),
    [add],
  );
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className={clsx(css.toast, toast.type === 'problem' && css.problem)}
    >
      <Toast.Content className={css.content}>
        <Toast.Description className={css.text}>
          {typeof toast.description === 'string' ? <Seen text={toast.description} /> : toast.description}
        </Toast.Description>
        <Toast.Close render={<IconButton label="Dismiss" icon={X} size="small" />} />
      </Toast.Content>
    </Toast.Root>
  ));
}
