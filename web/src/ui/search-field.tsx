import { Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useSearchValues } from '../address/use-search.ts';
import css from './search-field.module.css';
import { useShortcutsOf } from './use-shortcuts.ts';

const PAUSE_MS = 250;

/** Searches as one types: what was typed stands in the address as `search`, after a pause, and on the first page. */
export function SearchField({ label, placeholder }: { label: string; placeholder?: string }) {
  const [{ search = '' }, set] = useSearchValues(['search', 'page']);
  const [text, setText] = useState(search);
  const input = useRef<HTMLInputElement>(null);
  const typed = useRef(search);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // The address changed by other means: back, a link, a filter that was reset.
    if (search === typed.current) return;
    typed.current = search;
    setText(search);
  }, [search]);
  useEffect(() => {
    // Back undoes what is not yet in the address, too: written later, it would stand on an older entry.
    const left = () => {
      clearTimeout(pause.current);
      setText(typed.current);
    };
    window.addEventListener('popstate', left);
    return () => {
      clearTimeout(pause.current);
      window.removeEventListener('popstate', left);
    };
  }, []);
  useShortcutsOf(useMemo(() => [{ keys: '/', label, act: () => input.current?.focus() }], [label]));
  const change = (value: string) => {
    setText(value);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => {
      typed.current = value.trim();
      set({ search: value.trim(), page: null }, 'typed');
    }, PAUSE_MS);
  };
  return (
    <div className={css.search}>
      <Search size={16} aria-hidden />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => change(event.currentTarget.value)}
      />
    </div>
  );
}
