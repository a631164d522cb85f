import { Tooltip } from '@base-ui/react/tooltip';
import css from './popup.module.css';
import type { Pointed } from './follow-tips.ts';
import { Seen } from './name.tsx';

/** Words beside what they are about. */
export function TipPopup({ anchor, text }: Pointed) {
  return (
    <Tooltip.Root open>
      <Tooltip.Portal>
        <Tooltip.Positioner anchor={anchor} sideOffset={6} className={css.above}>
          <Tooltip.Popup className={css.tip} data-tip-words>
            <Seen text={text} />
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
