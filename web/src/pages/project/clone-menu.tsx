import { Popover } from '@base-ui/react/popover';
import { Download } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { CopyBlock } from '../../ui/copy.tsx';
import css from './clone-menu.module.css';

/** The address for git, to be copied. */
export function CloneMenu({ address }: { address: string }) {
  return (
    <Popover.Root>
      <Popover.Trigger render={<Button icon={Download}>Clone</Button>} />
      <Popover.Portal>
        <Popover.Positioner align="end" sideOffset={4} className={css.above}>
          <Popover.Popup className={css.popup} aria-label="Clone">
            <h2>With git</h2>
            <CopyBlock label="Command" text={`git clone ${address}`} />
            <p>As password, git takes an access token.</p>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
