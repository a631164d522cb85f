import { Popover } from '@base-ui/react/popover';
import { Download } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { CopyBlock } from '../../ui/copy.tsx';
import { AccessToken } from './access-token.tsx';
import css from './clone-menu.module.css';
import { addressFor } from './commands.ts';

interface Props {
  fullPath: string;
  address: string;
  /** Null for somebody who has not signed in, and makes no tokens. */
  username: string | null;
}

/** The address for git, to be copied, and what git takes for a password. */
export function CloneMenu({ fullPath, address, username }: Props) {
  return (
    <Popover.Root>
      <Popover.Trigger render={<Button icon={Download}>Clone</Button>} />
      <Popover.Portal>
        <Popover.Positioner align="end" sideOffset={4} className={css.above}>
          <Popover.Popup className={css.popup} aria-label="Clone">
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
