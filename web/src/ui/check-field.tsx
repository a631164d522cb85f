import { Checkbox } from '@base-ui/react/checkbox';
import { Check } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import css from './check-field.module.css';
import field from './field.module.css';
import { Name, Seen, Shown } from './name.tsx';

interface Props {
  label: string;
  hint?: ReactNode;
  problem?: string | null;
  options: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

const named = (text: string) => <Name text={text} />;

/** Any of several options. */
export function CheckField({ label, hint, problem, options, chosen, onChange }: Props) {
  const id = useId();
  const toggle = (option: string, on: boolean) =>
    onChange(options.filter((each) => (each === option ? on : chosen.includes(each))));
  return (
    <fieldset className={css.group} aria-describedby={hint === undefined ? undefined : `${id}-hint`}>
      <legend className={field.label}>
        <Seen text={label} />
      </legend>
      {options.map((option) => (
        <label key={option} className={css.option}>
          <Checkbox.Root
            className={css.box}
            checked={chosen.includes(option)}
            onCheckedChange={(on) => toggle(option, on)}
          >
            <Checkbox.Indicator className={css.tick}>
              <Check size={12} strokeWidth={3} aria-hidden />
            </Checkbox.Indicator>
          </Checkbox.Root>
          {named(option)}
        </label>
      ))}
      {hint !== undefined && (
        <p id={`${id}-hint`} className={field.hint}>
          <Shown of={hint} />
        </p>
      )}
      {!!problem && (
        <p className={field.problem} role="alert">
          <Seen text={problem} />
        </p>
      )}
    </fieldset>
  );
}
