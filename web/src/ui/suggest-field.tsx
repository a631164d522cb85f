import { Autocomplete } from '@base-ui/react/autocomplete';
import { clsx } from 'clsx';
import { type ReactNode, useRef, useState } from 'react';
import field from './field.module.css';
import { Field } from './field.tsx';
import { Name } from './name.tsx';
import popup from './popup.module.css';
import css from './suggest-field.module.css';

interface Props {
  label: string;
  hint?: ReactNode;
  problem?: string | null;
  value: string;
  /** What fits the text that is typed; any other text may be entered as well. */
  suggestions: readonly string[];
  /** Every text as it is typed, to look for what fits. */
  onSearch?: (text: string) => void;
  /** The value once it stands: chosen from the list, confirmed with Enter, or left. */
  onChange: (value: string) => void;
  placeholder?: string;
  mono?: boolean;
}

/** A text field that suggests values. */
export function SuggestField({ label, hint, problem, value, suggestions, ...rest }: Props) {
  const { onSearch, onChange, placeholder, mono = false } = rest;
  // What is typed counts until the value changes.
  const [typed, setTyped] = useState({ over: value, text: value });
  const text = typed.over === value ? typed.text : value;
  const [wanted, setWanted] = useState(false);
  const open = wanted && suggestions.length > 0;
  const highlighted = useRef<string | undefined>(undefined);
  const stands = (next: string) => {
    if (next.trim() !== value) onChange(next.trim());
  };
  return (
    <Field label={label} hint={hint} problem={problem}>
      <Autocomplete.Root
        items={suggestions}
        mode="none"
        openOnInputClick
        open={open}
        onOpenChange={setWanted}
        value={text}
        onValueChange={(next) => {
          setTyped({ over: value, text: next });
          onSearch?.(next);
        }}
        onItemHighlighted={(item) => (highlighted.current = item)}
      >
        <Autocomplete.Input
          className={clsx(field.input, mono && field.mono)}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          onKeyDown={({ key }) => {
            if (key === 'Enter' && highlighted.current === undefined) stands(text);
          }}
          onBlur={() => {
            setWanted(false);
            stands(text);
          }}
        />
        {open && (
          <Autocomplete.Portal>
            <Autocomplete.Positioner sideOffset={4} align="start" className={popup.above}>
              {/* Not in a Popup, which would hide the page from screen readers, though Tab still leads into it. */}
              <Autocomplete.List className={css.list} onMouseDown={(event) => event.preventDefault()}>
                {(item: string) => (
                  <Autocomplete.Item
                    key={item}
                    value={item}
                    className={css.item}
                    onClick={() => {
                      setTyped({ over: value, text: item });
                      stands(item);
                    }}
                  >
                    <Name text={item} />
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Positioner>
          </Autocomplete.Portal>
        )}
      </Autocomplete.Root>
    </Field>
  );
}
