import { Combobox } from '@base-ui/react/combobox';
import { Check, ChevronsUpDown, type LucideIcon } from 'lucide-react';
import css from './picker.module.css';

export interface PickerItem {
  value: string;
  /** What it is among the others: a branch, a tag. */
  group: string;
}

interface Props {
  label: string;
  icon?: LucideIcon;
  value: string;
  /** What fits the text that was typed: the server has searched. */
  items: readonly PickerItem[];
  busy?: boolean;
  onType: (text: string) => void;
  onPick: (item: PickerItem) => void;
}

/** A button that opens a list to search in: for more alternatives than a select is good for. */
export function Picker({ label, icon: Icon, value, items, busy = false, onType, onPick }: Props) {
  return (
    <Combobox.Root
      items={items}
      filter={null}
      value={null as PickerItem | null}
      autoHighlight
      itemToStringLabel={(item: PickerItem) => item.value}
      isItemEqualToValue={(a: PickerItem, b: PickerItem) => a.value === b.value && a.group === b.group}
      onInputValueChange={onType}
      onValueChange={(item) => item && onPick(item)}
    >
      <Combobox.Trigger className={css.trigger} aria-label={`${label}: ${value}`}>
        {Icon && <Icon size={16} aria-hidden />}
        <span className={css.value}>{value}</span>
        <ChevronsUpDown size={14} aria-hidden />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner align="start" sideOffset={4} className={css.above}>
          <Combobox.Popup className={css.popup} aria-label={label}>
            <Combobox.Input className={css.input} placeholder="Search…" aria-label={`Search: ${label}`} />
            <Combobox.Empty className={css.empty}>{busy ? 'Searching…' : 'Nothing fits.'}</Combobox.Empty>
            <Combobox.List className={css.list}>
              {(item: PickerItem) => (
                <Combobox.Item key={`${item.group} ${item.value}`} value={item} className={css.item}>
                  <Check size={14} aria-hidden className={item.value === value ? undefined : css.other} />
                  <span className={css.name}>{item.value}</span>
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
