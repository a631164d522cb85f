import { Download } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { onUse } from '../../ui/on-use.tsx';
import { useOpener } from '../../ui/use-opener.ts';
import type { ClonePopupProps } from './clone-popup.tsx';

const ClonePopup = onUse<ClonePopupProps>(async () => (await import('./clone-popup.tsx')).ClonePopup);

type Props = Pick<ClonePopupProps, 'fullPath' | 'address' | 'username'>;

/** The address for git, to be copied, and what git takes for a password. */
export function CloneMenu(props: Props) {
  const { anchor, isOpen, isUsed, setOpen, trigger } = useOpener<HTMLButtonElement>('dialog');
  return (
    <>
      <Button icon={Download} {...trigger}>
        Clone
      </Button>
      {isUsed && <ClonePopup {...props} anchor={anchor} open={isOpen} onOpenChange={setOpen} />}
    </>
  );
}
