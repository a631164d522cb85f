import { clsx } from 'clsx';
import type { ComponentProps, ReactNode } from 'react';
import css from './table.module.css';

interface Props {
  /** What it lists, for screen readers. */
  label: string;
  head: readonly ReactNode[];
  children: ReactNode;
  className?: string;
}

/**
 * A plain table of data. On a phone each row becomes a block without the heads: cells that say little there carry
 * `className={table.wide}`, those that say nothing without their head `data-head`.
 */
export function Table({ label, head, children, className }: Props) {
  return (
    <div className={css.scroll}>
      <table className={clsx(css.table, className)} aria-label={label}>
        <thead>
          <tr>
            {head.map((each, index) => (
              <th key={index} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export const Row = (props: ComponentProps<'tr'>) => <tr {...props} />;
export const Cell = ({ className, ...rest }: ComponentProps<'td'>) => (
  <td className={clsx(css.cell, className)} {...rest} />
);
export { css as table };
