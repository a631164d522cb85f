import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { Page } from '../api/client.ts';
import { Button } from './button.tsx';
import css from './pager.module.css';

/** Of a list that is not in the order of time. */
export const BY_NAME = ['Previous', 'Next'] as const;

/** To the page before and the one after; nothing where there is only one. */
export function Pager({
  page,
  onPage,
  words: [before, after] = ['Newer', 'Older'],
}: {
  page: Pick<Page<unknown>, 'page' | 'next'>;
  onPage: (page: number) => void;
  /** What stands on the page before, and on the one after. */
  words?: readonly [string, string];
}) {
  if (page.page === 1 && page.next === null) return null;
  return (
    <nav className={css.pager} aria-label="Pages">
      <Button icon={ChevronLeft} disabled={page.page === 1} onClick={() => onPage(page.page - 1)}>
        {before}
      </Button>
      <span className={css.number}>Page {page.page}</span>
      <Button icon={ChevronRight} disabled={page.next === null} onClick={() => onPage(page.page + 1)}>
        {after}
      </Button>
    </nav>
  );
}
