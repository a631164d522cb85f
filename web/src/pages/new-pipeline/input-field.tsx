import { SelectField, SwitchField, TextArea, TextField } from '../../ui/field.tsx';
import { CheckField } from '../../ui/check-field.tsx';
import { type FormInput, textOf } from './form.ts';

interface Props {
  input: FormInput;
  /** Undefined: nobody has touched it, and the default is shown. */
  text: string | undefined;
  problem: string | undefined;
  onChange: (text: string) => void;
}

/** The field of an input, by its type. */
export function InputField({ input, text, problem, onChange }: Props) {
  const { name, type, options, required } = input;
  const value = text ?? textOf(input.default);
  const around = {
    label: required ? `${name} (required)` : name,
    hint: hintOf(input),
    problem,
    onChange,
  };
  if (type === 'boolean')
    return (
      <SwitchField
        label={around.label}
        hint={problem ?? around.hint}
        checked={value === 'true'}
        onChange={(checked) => onChange(String(checked))}
      />
    );
  if (type === 'array' && options !== null) {
    const chosen = new Set(value.split('\n'));
    const names = options.map(textOf);
    return (
      <CheckField
        {...around}
        options={names}
        chosen={names.filter((option) => chosen.has(option))}
        onChange={(next) => onChange(next.join('\n'))}
      />
    );
  }
  if (type === 'array') return <TextArea {...around} value={value} rows={3} mono spellCheck={false} />;
  if (options !== null) {
    const names = options.map(textOf);
    const isOpen = !names.includes(value);
    return (
      <SelectField
        {...around}
        value={value}
        options={[
          ...(isOpen ? [{ value, label: value === '' ? 'Choose…' : value }] : []),
          ...names.map((option) => ({ value: option, label: option === '' ? '(empty)' : option })),
        ]}
      />
    );
  }
  if (type === 'number') return <TextField {...around} inputMode="decimal" value={value} mono />;
  if (value.includes('\n')) return <TextArea {...around} value={value} rows={4} mono spellCheck={false} />;
  return <TextField {...around} value={value} spellCheck={false} mono />;
}

function hintOf({ type, description, regex, options }: FormInput): string | undefined {
  const forms = [
    regex === null ? null : `Has to match ${regex}`,
    type === 'array' && options === null ? 'One item a line, or a JSON array' : null,
  ].filter((part) => part !== null);
  const parts = [description, forms.join('. ')].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(' — ');
}
