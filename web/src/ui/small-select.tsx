import css from './small-select.module.css';

interface Props {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

/** A select beside a search, whose label is for screen readers alone: its value says what it is. */
export function SmallSelect({ label, value, options, onChange }: Props) {
  return (
    <select
      aria-label={label}
      className={css.select}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
