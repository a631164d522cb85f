import { Popover } from '@base-ui/react/popover';
import type { RefObject } from 'react';
import { CopyBlock } from '../../ui/copy.tsx';
import { AccessToken } from './access-token.tsx';
import css from './clone-menu.module.css';
import { addressFor } from './commands.ts';

export interface ClonePopupProps {
  fullPath: string;
  address: string;
  /** Null for somebody who has not signed in, and makes no tokens. */
  username: string | null;
  anchor: RefObject<HTMLElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** What hangs below the button. */
export function ClonePopup({ fullPath, address, username, anchor, open, onOpenChange }: ClonePopupProps) {
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} align="end" sideOffset={4} className={css.above}>
          <Popover.Popup className={css.popup} aria-label="Clone" finalFocus={anchor}>
            <h2>With git</h2>
            <CopyBlock
              label="Command"
              text={`git clone ${username === null ? address : addressFor({ address, username })}`}
            />
            {username !== null && <AccessToken fullPath={fullPath} username={username} />}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
