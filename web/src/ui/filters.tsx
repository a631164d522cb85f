import { FilterX, SlidersHorizontal } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { Button } from './button.tsx';
import css from './filters.module.css';

interface Props {
  /** What is filtered, for screen readers. */
  label: string;
  children: ReactNode;
  /** Absent while no filter is set. */
  onClear?: () => void;
}

/** The fields that narrow a list, in a row, and the way back to all of it. On a phone a button opens them. */
export function Filters({ label, children, onClear }: Props) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <search aria-label={label}>
      <Button
        icon={SlidersHorizontal}
        className={css.opener}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        Filters
      </Button>
      <div id={id} className={css.filters} data-open={open || onClear !== undefined || undefined}>
        {children}
        {onClear && (
          <Button kind="quiet" icon={FilterX} className={css.clear} onClick={onClear}>
            Clear filters
          </Button>
        )}
      </div>
    </search>
  );
}
