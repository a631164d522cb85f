import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactNode } from 'react';
import css from './choice.module.css';

interface Props<V extends string> {
  /** What is chosen, for screen readers. */
  label: string;
  value: V;
  options: readonly { value: V; label: ReactNode }[];
  onChange: (value: V) => void;
}

/** A few alternatives side by side, of which one holds; no value may be empty. */
export function Choice<V extends string>({ label, value, options, onChange }: Props<V>) {
  return (
    <ToggleGroup
      aria-label={label}
      className={css.choice}
      value={[value]}
      onValueChange={([next]) => next !== undefined && onChange(next as V)}
    >
      {options.map((option) => (
        <Toggle key={option.value} value={option.value} className={css.option}>
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
