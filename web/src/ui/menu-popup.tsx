import { Menu } from '@base-ui/react/menu';
import type { ReactNode, RefObject } from 'react';
import { MenuParts } from './menu-parts.ts';
import css from './popup.module.css';

export interface MenuProps {
  /** What it hangs below, and what the focus goes back to. */
  anchor: RefObject<HTMLElement | null>;
  /** The id of what names it. */
  label: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
}

/** The menu itself: Base UI's, opened from outside. */
export function MenuPopup({ anchor, label, open, onOpenChange, children }: MenuProps) {
  return (
    <Menu.Root open={open} onOpenChange={onOpenChange}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} sideOffset={4} align="end" className={css.above}>
          <Menu.Popup
            className={css.popup}
            finalFocus={() => !isTaken() && anchor.current}
            aria-labelledby={label}
          >
            <MenuParts value={PARTS}>{children}</MenuParts>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** What an item has opened may have the focus by the time the menu is gone. */
const isTaken = () => Boolean(document.activeElement?.closest('[role=dialog], [role=alertdialog]'));

const PARTS = { Item: Menu.Item, Separator: Menu.Separator };
