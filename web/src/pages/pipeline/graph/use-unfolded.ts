import { useCallback, useMemo } from 'react';
import { useSearchValue } from '../../../address/use-search.ts';

/** A pipeline downstream among what is unfolded; folds of jobs go by their own keys. */
export const unfoldedPipeline = (id: number) => `pipeline:${id}`;

/** What is unfolded in the graph, kept in the address. */
export function useUnfolded(): {
  unfolded: ReadonlySet<string>;
  toggle: (key: string) => void;
  foldAll: () => void;
} {
  const [value, set] = useSearchValue('unfold');
  const unfolded = useMemo(() => keysIn(value), [value]);
  const toggle = useCallback(
    (key: string) => {
      const next = new Set(unfolded);
      if (!next.delete(key)) next.add(key);
      set([...next].map(encodeURIComponent).join(',') || null, 'aside');
    },
    [unfolded, set],
  );
  const foldAll = useCallback(() => set(null, 'aside'), [set]);
  return { unfolded, toggle, foldAll };
}

/** Somebody may have written the address by hand. */
function keysIn(value: string): ReadonlySet<string> {
  try {
    return new Set(value === '' ? [] : value.split(',').map((each) => decodeURIComponent(each)));
  } catch {
    return new Set();
  }
}
