import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import { cloneElement, type KeyboardEvent, type ReactElement, type ReactNode, use, useId } from 'react';
import { useLocation } from 'wouter';
import { MenuParts } from './menu-parts.ts';
import type { MenuProps } from './menu-popup.tsx';
import { onUse } from './on-use.tsx';
import css from './popup.module.css';
import { useOpener } from './use-opener.ts';

const MenuPopup = onUse<MenuProps>(async () => (await import('./menu-popup.tsx')).MenuPopup);

/** A menu below its trigger, by keyboard as by mouse. */
export function Menu({
  trigger,
  children,
}: {
  trigger: ReactElement<Record<string, unknown>>;
  children: ReactNode;
}) {
  const id = useId();
  const opener = useOpener<HTMLElement>('menu');
  return (
    <>
      {cloneElement(trigger, {
        id,
        ...opener.trigger,
        onKeyDown: (event: KeyboardEvent) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          opener.open();
        },
      })}
      {opener.isUsed && (
        <MenuPopup anchor={opener.anchor} label={id} open={opener.isOpen} onOpenChange={opener.setOpen}>
          {children}
        </MenuPopup>
      )}
    </>
  );
}

interface ItemProps {
  icon?: LucideIcon;
  children: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
}

export function MenuItem({ icon: Icon, children, danger = false, disabled = false, onSelect }: ItemProps) {
  const parts = use(MenuParts);
  return (
    parts && (
      <parts.Item className={clsx(css.item, danger && css.danger)} disabled={disabled} onClick={onSelect}>
        {Icon && <Icon size={16} aria-hidden />}
        {children}
      </parts.Item>
    )
  );
}

export function MenuLink({ icon, children, href }: { icon?: LucideIcon; children: ReactNode; href: string }) {
  const [, navigate] = useLocation();
  return (
    <MenuItem icon={icon} onSelect={() => navigate(href)}>
      {children}
    </MenuItem>
  );
}

export function MenuSeparator() {
  const parts = use(MenuParts);
  return parts && <parts.Separator className={css.separator} />;
}
