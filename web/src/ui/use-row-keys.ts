import { type RefObject, useMemo, useRef } from 'react';
import { useShortcutsOf } from './use-shortcuts.ts';

/** `j` and `k` go through the rows of a list: to the links that carry `data-row`, which Enter then opens. */
export function useRowKeys<E extends HTMLElement>(what: string): RefObject<E | null> {
  const list = useRef<E>(null);
  const shortcuts = useMemo(() => {
    const go = (step: 1 | -1) => {
      const links = [...(list.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])];
      const here = links.indexOf(document.activeElement as HTMLElement);
      const next = here === -1 ? 0 : Math.min(links.length - 1, Math.max(0, here + step));
      links[next]?.focus();
      links[next]?.scrollIntoView({ block: 'nearest' });
    };
    return [
      { keys: 'j', label: `Next ${what} (Enter opens it)`, act: () => go(1) },
      { keys: 'k', label: `Previous ${what}`, act: () => go(-1) },
    ];
  }, [what]);
  useShortcutsOf(shortcuts);
  return list;
}
