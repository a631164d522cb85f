import { Dialog } from '@base-ui/react/dialog';
import { lazy, Suspense } from 'react';
import css from './commands.module.css';
import { commandsOpen } from './flag.ts';

const Palette = lazy(() => import('./palette.tsx').then(({ Palette: it }) => ({ default: it })));

/** The command palette, which is loaded when it is first opened. */
export function Commands() {
  const open = commandsOpen.use();
  return (
    <Dialog.Root open={open} onOpenChange={commandsOpen.set}>
      <Dialog.Portal>
        <Dialog.Backdrop className={css.backdrop} />
        <Dialog.Popup className={css.popup} aria-label="Commands and search">
          <Suspense>
            <Palette />
          </Suspense>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
