import { Field as BaseField } from '@base-ui/react/field';
import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { clsx } from 'clsx';
import { type ComponentProps, type ReactNode, useId } from 'react';
import css from './field.module.css';
import { Seen, Shown } from './name.tsx';

interface Around {
  label: string;
  /** What it is for, or the form it has. */
  hint?: ReactNode;
  problem?: string | null;
}

/** A label, its control, a hint and what is wrong with it, tied together for screen readers. */
export function Field({ label, hint, problem, children }: Around & { children: ReactNode }) {
  return (
    <BaseField.Root className={css.field} invalid={!!problem}>
      <BaseField.Label className={css.label}>
        <Seen text={label} />
      </BaseField.Label>
      {children}
      {hint !== undefined && (
        <BaseField.Description className={css.hint}>
          <Shown of={hint} />
        </BaseField.Description>
      )}
      {!!problem && (
        <BaseField.Error match className={css.problem}>
          <Seen text={problem} />
        </BaseField.Error>
      )}
    </BaseField.Root>
  );
}

type InputProps = Omit<ComponentProps<'input'>, 'onChange' | 'className'> &
  Around & { onChange: (value: string) => void; mono?: boolean };

export function TextField({ label, hint, problem, onChange, mono = false, ...rest }: InputProps) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      <BaseField.Control
        {...rest}
        className={clsx(css.input, mono && css.mono)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

type AreaProps = Omit<ComponentProps<'textarea'>, 'onChange' | 'className'> &
  Around & { onChange: (value: string) => void; mono?: boolean };

export function TextArea({ label, hint, problem, onChange, mono = false, ...rest }: AreaProps) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      <BaseField.Control
        render={<textarea {...rest} onChange={(event) => onChange(event.currentTarget.value)} />}
        className={clsx(css.input, css.area, mono && css.mono)}
      />
    </Field>
  );
}

interface Option {
  value: string;
  label: string;
}
type SelectProps = Omit<ComponentProps<'select'>, 'onChange' | 'className'> &
  Around & { options: readonly Option[]; onChange: (value: string) => void };

/** The browser's own select: the one that phones and screen readers know best. */
export function SelectField({ label, hint, problem, options, onChange, ...rest }: SelectProps) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      <BaseField.Control
        render={
          <select {...rest} onChange={(event) => onChange(event.currentTarget.value)}>
            {options.map(({ value, label: text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        }
        className={css.input}
      />
    </Field>
  );
}

interface SwitchProps {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

export function SwitchField({ label, hint, checked, disabled = false, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className={css.switchRow}>
      <BaseSwitch.Root
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        aria-labelledby={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className={css.switch}
      >
        <BaseSwitch.Thumb className={css.thumb} />
      </BaseSwitch.Root>
      <div>
        <span id={id} className={css.label}>
          <Seen text={label} />
        </span>
        {hint !== undefined && (
          <p id={`${id}-hint`} className={css.hint}>
            <Shown of={hint} />
          </p>
        )}
      </div>
    </div>
  );
}
