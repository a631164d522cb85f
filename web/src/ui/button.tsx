import { Button as BaseButton } from '@base-ui/react/button';
import { clsx } from 'clsx';
import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Link } from '../address/link.tsx';
import css from './button.module.css';

interface Look {
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  size?: 'small' | 'medium';
  icon?: LucideIcon;
}
type Props = Omit<ComponentProps<'button'>, 'className'> & Look & { busy?: boolean; className?: string };

const classes = ({ kind = 'plain', size = 'medium' }: Look, className?: string) =>
  clsx(css.button, css[kind], css[size], className);

/** A button; while `busy` it keeps its place and the focus, and is not pressed twice. */
export function Button({
  kind,
  size,
  icon: Icon,
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: Props) {
  return (
    <BaseButton
      className={classes({ kind, size }, className)}
      disabled={disabled === true || busy}
      focusableWhenDisabled={busy}
      {...rest}
    >
      {busy ? (
        <LoaderCircle size={16} className={css.spin} aria-hidden />
      ) : (
        Icon && <Icon size={16} aria-hidden />
      )}
      {children}
    </BaseButton>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  kind,
  size,
  icon: Icon,
  className,
  children,
  ...rest
}: ComponentProps<typeof Link> & Look) {
  return (
    <Link className={classes({ kind, size }, className)} {...rest}>
      {Icon && <Icon size={16} aria-hidden />}
      {children}
    </Link>
  );
}

/** The same for what is not of the app: a file to be downloaded. */
export function ButtonAnchor({
  kind,
  size,
  icon: Icon,
  className,
  children,
  ...rest
}: ComponentProps<'a'> & Look) {
  return (
    <a className={classes({ kind, size }, className)} {...rest}>
      {Icon && <Icon size={16} aria-hidden />}
      {children}
    </a>
  );
}

/** A button that is an icon: its label is its name, and shown on hover and focus. */
export function IconButton({
  label,
  icon: Icon,
  kind = 'quiet',
  size,
  busy = false,
  className,
  disabled,
  ...rest
}: Omit<Props, 'children' | 'icon'> & { label: string; icon: LucideIcon }) {
  return (
    <BaseButton
      aria-label={label}
      data-tip={label}
      className={clsx(classes({ kind, size }, className), css.square)}
      disabled={disabled === true || busy}
      focusableWhenDisabled={busy}
      {...rest}
    >
      {busy ? <LoaderCircle size={16} className={css.spin} aria-hidden /> : <Icon size={16} aria-hidden />}
    </BaseButton>
  );
}

/** A link that is an icon: to a file, or to what is not of the app. */
export function IconLink({
  label,
  icon: Icon,
  kind = 'quiet',
  size,
  className,
  ...rest
}: Omit<ComponentProps<'a'>, 'children' | 'className'> &
  Look & { label: string; icon: LucideIcon; className?: string }) {
  return (
    <a
      aria-label={label}
      data-tip={label}
      className={clsx(classes({ kind, size }, className), css.square)}
      {...rest}
    >
      <Icon size={16} aria-hidden />
    </a>
  );
}
