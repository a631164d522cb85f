import { Dialog } from '@base-ui/react/dialog';
import css from './commands.module.css';
import { commandsOpen } from './flag.ts';
import { Palette } from './palette.tsx';

/** The palette over the page. */
export function CommandDialog({ open }: { open: boolean }) {
  return (
    <Dialog.Root open={open} onOpenChange={commandsOpen.set}>
      <Dialog.Portal>
        <Dialog.Backdrop className={css.backdrop} />
        <Dialog.Popup className={css.popup} aria-label="Commands and search">
          <Palette />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
