import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { useId } from 'react';
import field from '../../ui/field.module.css';
import type { Visibility } from './variable-form.ts';
import css from './variables.module.css';

const OPTIONS: readonly { value: Visibility; label: string; hint: string }[] = [
  { value: 'visible', label: 'Visible', hint: 'Jobs may print it to their logs.' },
  { value: 'masked', label: 'Masked', hint: 'Logs have [MASKED] in its place.' },
  {
    value: 'hidden',
    label: 'Masked and hidden',
    hint: 'And its value is never shown again. Only when the variable is added.',
  },
];

interface Props {
  value: Visibility;
  isNew: boolean;
  /** Variables of the server are not hidden. */
  hideable: boolean;
  onChange: (value: Visibility) => void;
}

/** Who sees the value. What is hidden stays so, and nothing is hidden later. */
export function VisibilityField({ value, isNew, hideable, onChange }: Props) {
  const id = useId();
  const isHidden = !isNew && value === 'hidden';
  const offered = OPTIONS.filter((option) =>
    option.value === 'hidden' ? isHidden || (isNew && hideable) : !isHidden,
  );
  return (
    <div className={css.visibility}>
      <span id={id} className={field.label}>
        Visibility
      </span>
      <RadioGroup
        aria-labelledby={id}
        value={value}
        onValueChange={(next) => onChange(next as Visibility)}
        className={css.options}
      >
        {offered.map((option) => (
          <div key={option.value} className={css.option}>
            <Radio.Root
              value={option.value}
              className={css.radio}
              aria-labelledby={`${id}-${option.value}`}
              aria-describedby={`${id}-${option.value}-hint`}
            >
              <Radio.Indicator className={css.dot} />
            </Radio.Root>
            <div>
              <span id={`${id}-${option.value}`}>{option.label}</span>
              <p id={`${id}-${option.value}-hint`} className={field.hint}>
                {option.hint}
              </p>
            </div>
          </div>
        ))}
      </RadioGroup>
    </div>
  );
}
