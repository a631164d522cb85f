import { ChevronsUpDown, type LucideIcon } from 'lucide-react';
import { onUse } from './on-use.tsx';
import { Name } from './name.tsx';
import css from './picker.module.css';
import type { PickerListProps } from './picker-list.tsx';
import { useOpener } from './use-opener.ts';

const PickerList = onUse<PickerListProps>(async () => (await import('./picker-list.tsx')).PickerList);

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
export function Picker({ label, icon: Icon, value, ...rest }: Props) {
  const { anchor, isOpen, isUsed, setOpen, trigger } = useOpener<HTMLButtonElement>('dialog');
  return (
    <>
      <button type="button" className={css.trigger} aria-label={`${label}: ${value}`} {...trigger}>
        {Icon && <Icon size={16} aria-hidden />}
        <span className={css.value}>
          <Name text={value} />
        </span>
        <ChevronsUpDown size={14} aria-hidden />
      </button>
      {isUsed && (
        <PickerList
          {...rest}
          anchor={anchor}
          label={label}
          value={value}
          open={isOpen}
          onOpenChange={setOpen}
        />
      )}
    </>
  );
}
