import { Menu as BaseMenu } from '@base-ui/react/menu';
import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useLocation } from 'wouter';
import css from './popup.module.css';

/** A menu below its trigger, by keyboard as by mouse. */
export function Menu({
  trigger,
  children,
}: {
  trigger: ReactElement<Record<string, unknown>>;
  children: ReactNode;
}) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align="end" className={css.above}>
          <BaseMenu.Popup className={css.popup}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
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
  return (
    <BaseMenu.Item className={clsx(css.item, danger && css.danger)} disabled={disabled} onClick={onSelect}>
      {Icon && <Icon size={16} aria-hidden />}
      {children}
    </BaseMenu.Item>
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

export const MenuSeparator = () => <BaseMenu.Separator className={css.separator} />;
