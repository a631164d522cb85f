import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';
import css from './popup.module.css';

/** A word on hover and focus; for what cannot be read otherwise, say it in a label too. */
export function Tip({ text, children }: { text: string; children: ReactElement<Record<string, unknown>> }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className={css.above}>
          <Tooltip.Popup className={css.tip}>{text}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
