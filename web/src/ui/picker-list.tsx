import { Combobox } from '@base-ui/react/combobox';
import { Check } from 'lucide-react';
import type { RefObject } from 'react';
import type { PickerItem } from './picker.tsx';
import { Name } from './name.tsx';
import css from './picker.module.css';

export interface PickerListProps {
  /** What it hangs below, and what the focus goes back to. */
  anchor: RefObject<HTMLElement | null>;
  label: string;
  value: string;
  items: readonly PickerItem[];
  busy?: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onType: (text: string) => void;
  onPick: (item: PickerItem) => void;
}

/** The list of a picker, and the field to search in it. */
export function PickerList(props: PickerListProps) {
  const { anchor, label, value, items, busy = false, open, onOpenChange, onType, onPick } = props;
  return (
    <Combobox.Root
      items={items}
      filter={null}
      value={null as PickerItem | null}
      autoHighlight
      open={open}
      onOpenChange={onOpenChange}
      itemToStringLabel={(item: PickerItem) => item.value}
      isItemEqualToValue={(a: PickerItem, b: PickerItem) => a.value === b.value && a.group === b.group}
      onInputValueChange={onType}
      onValueChange={(item) => item && onPick(item)}
    >
      <Combobox.Portal>
        <Combobox.Positioner anchor={anchor} align="start" sideOffset={4} className={css.above}>
          <Combobox.Popup className={css.popup} aria-label={label} finalFocus={anchor}>
            <Combobox.Input className={css.input} placeholder="Search…" aria-label={`Search: ${label}`} />
            <Combobox.Empty className={css.empty}>{busy ? 'Searching…' : 'Nothing fits.'}</Combobox.Empty>
            <Combobox.List className={css.list}>
              {(item: PickerItem) => (
                <Combobox.Item key={`${item.group} ${item.value}`} value={item} className={css.item}>
                  <Check size={14} aria-hidden className={item.value === value ? undefined : css.other} />
                  <span className={css.name}>
                    <Name text={item.value} />
                  </span>
                  <span className={css.group}>{item.group}</span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
