import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { type ReactNode, useContext, useRef } from 'react';
import { IconButton } from './button.tsx';
import css from './dialog.module.css';
import { Seen, Shown } from './name.tsx';
import { Note } from './note.tsx';
import { OfPageContext } from './of-page.ts';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  wide?: boolean;
  children?: ReactNode;
  /** Buttons, the one that does it last. */
  actions?: ReactNode;
  /** Why what it is for did not work: in sight, however far its fields are scrolled. */
  problem?: string | null;
  /** Makes a form of it: its button of type `submit` does this, and so does Enter in a field of one line. */
  onSubmit?: () => void;
  /**
   * What would be lost with it. What has been `typed` stays when somebody presses beside the dialog; what is `shown once`
   * when Escape is pressed, too. Unless said, a form holds what has been typed.
   */
  holds?: 'nothing' | 'typed' | 'shown once';
}

/** The dialog itself. */
export function DialogPopup({
  open,
  onClose,
  title,
  description,
  wide = false,
  children,
  actions,
  problem = null,
  onSubmit,
  holds = onSubmit === undefined ? 'nothing' : 'typed',
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const ofPage = useContext(OfPageContext);
  const content = (
    <>
      <div className={css.body}>
        {description !== undefined && (
          <BaseDialog.Description className={css.description} render={<div />}>
            <Shown of={description} />
          </BaseDialog.Description>
        )}
        {children}
      </div>
      {ofPage !== null && <div className={css.said}>{ofPage}</div>}
      {problem !== null && (
        <div className={css.said}>
          <Note tone="failed">
            <Seen text={problem} />
          </Note>
        </div>
      )}
      {actions !== undefined && <footer className={css.actions}>{actions}</footer>}
    </>
  );
  return (
    <BaseDialog.Root
      open={open}
      disablePointerDismissal={holds !== 'nothing'}
      onOpenChange={(next, how) => {
        if (holds === 'shown once' && how.reason === 'escape-key') how.cancel();
        else if (!next) onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={css.backdrop} />
        <BaseDialog.Popup
          ref={popup}
          className={clsx(css.popup, wide && css.wide)}
          initialFocus={(how) => firstOf(popup.current, how)}
        >
          <header className={css.header}>
            <BaseDialog.Title className={css.title}>
              <Seen text={title} />
            </BaseDialog.Title>
            <BaseDialog.Close render={<IconButton label="Close" icon={X} size="small" />} />
          </header>
          {onSubmit === undefined ? (
            content
          ) : (
            <form
              className={css.form}
              noValidate
              onSubmit={(event) => {
                event.preventDefault();
                onSubmit();
              }}
            >
              {content}
            </form>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

const FIELD =
  ':is(input, select, textarea):not(:disabled, [type=hidden], [aria-hidden=true], [tabindex="-1"])';

/**
 * Where one begins: the first field, else the button that does nothing. On the button that closes it, the focus would
 * open its tip. A finger wants no keyboard over what it has just opened. A button further down than there is room would
 * have all be read from its end: then one begins at the beginning.
 */
function firstOf(popup: HTMLElement | null, how: string): HTMLElement | null {
  const field = how === 'touch' ? null : popup?.querySelector<HTMLElement>(FIELD);
  const button = popup?.querySelector<HTMLElement>('footer button');
  return field ?? (button && isInSight(button, popup) ? button : popup);
}

function isInSight(part: HTMLElement, popup: HTMLElement | null): boolean {
  const bottom = popup?.getBoundingClientRect().bottom ?? Infinity;
  return part.getBoundingClientRect().bottom <= bottom;
}
