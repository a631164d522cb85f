import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactNode } from 'react';
import css from './choice.module.css';

interface Props {
  /** What is chosen, for screen readers. */
  label: string;
  value: string;
  options: readonly { value: string; label: ReactNode }[];
  onChange: (value: string) => void;
}

/** A few alternatives side by side, of which one holds; no value may be empty. */
export function Choice({ label, value, options, onChange }: Props) {
  return (
    <ToggleGroup
      aria-label={label}
      className={css.choice}
      value={[value]}
      onValueChange={([next]) => next !== undefined && onChange(next)}
    >
      {options.map((option) => (
        <Toggle key={option.value} value={option.value} className={css.option}>
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
