import { CaseSensitive, ChevronDown, ChevronUp, Regex, Search, X } from 'lucide-react';
import type { KeyboardEvent, RefObject } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import css from './search-bar.module.css';
import type { Query } from './search-core.ts';
import type { SearchState } from './searcher.ts';

interface Props {
  input: RefObject<HTMLInputElement | null>;
  query: Query;
  onQuery: (change: Partial<Query>) => void;
  search: SearchState | null;
  /** Bytes of the log. */
  size: number;
  current: number | null;
  onStep: (step: 1 | -1) => void;
  onLeave: () => void;
}

/** Searches the whole log: Enter goes on, Shift and Enter back. */
export function SearchBar({ input, query, onQuery, search, size, current, onStep, onLeave }: Props) {
  const pressed = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      onStep(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (query.text === '') onLeave();
      onQuery({ text: '' });
    }
  };
  const none = search === null || search.findings.count === 0;
  return (
    <search className={css.bar}>
      <div className={css.box} data-wrong={(search && search.problem !== null) || undefined}>
        <Search size={15} className={css.icon} aria-hidden />
        <input
          ref={input}
          className={css.input}
          value={query.text}
          onChange={(event) => onQuery({ text: event.currentTarget.value })}
          onKeyDown={pressed}
          placeholder="Search the log"
          aria-label="Search the log"
          spellCheck={false}
          autoComplete="off"
        />
        {query.text !== '' && (
          <IconButton label="Clear the search" icon={X} size="small" onClick={() => onQuery({ text: '' })} />
        )}
        <IconButton
          label="Match case"
          icon={CaseSensitive}
          size="small"
          aria-pressed={query.matchCase}
          onClick={() => onQuery({ matchCase: !query.matchCase })}
        />
        <IconButton
          label="Regular expression"
          icon={Regex}
          size="small"
          aria-pressed={query.isRegex}
          onClick={() => onQuery({ isRegex: !query.isRegex })}
        />
      </div>
      {search && (
        <>
          <output className={css.count} aria-live="polite">
            {countText(search, size, current)}
          </output>
          <IconButton
            label="Previous (Shift+Enter)"
            icon={ChevronUp}
            size="small"
            disabled={none}
            onClick={() => onStep(-1)}
          />
          <IconButton
            label="Next (Enter)"
            icon={ChevronDown}
            size="small"
            disabled={none}
            onClick={() => onStep(1)}
          />
        </>
      )}
    </search>
  );
}

function countText(search: SearchState, size: number, current: number | null): string {
  const { findings, at, done, full, problem } = search;
  const { count } = findings;
  const percent = `${size === 0 ? 100 : Math.min(100, Math.floor((100 * at) / size))} %`;
  if (problem !== null) return problem;
  if (count === 0) return done ? 'Not found' : `Searching… ${percent}`;
  const all = `${count.toLocaleString()}${full ? '+' : ''}`;
  const place = current === null ? all : `${(current + 1).toLocaleString()} of ${all}`;
  return done ? place : `${place} · ${percent}`;
}
