import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { Seen } from '../../ui/name.tsx';
import { walkLines } from '../../ui/walk-lines.ts';
import { type LineRange, rangeOf } from './line-range.ts';
import css from './text-lines.module.css';

/** Up to so many lines all stand in the page, where the browser's own search finds them. */
const ALL_AT_ONCE = 2000;
const LINE_PX = 20;

/** A text with the numbers of its lines; `#L10` and `#L10-20` in the address mark some. */
export function TextLines({ lines }: { lines: readonly string[] }) {
  const marked = rangeOf(useHash());
  const Lines = lines.length > ALL_AT_ONCE ? VirtualLines : AllLines;
  return <Lines lines={lines} marked={marked} />;
}

interface Props {
  lines: readonly string[];
  marked: LineRange | null;
}

function AllLines({ lines, marked }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const first = marked?.first;
  useEffect(() => {
    if (first !== undefined)
      box.current?.querySelector(`[data-line="${first}"]`)?.scrollIntoView({ block: 'center' });
  }, [first]);
  return (
    <Box lines={lines} ref={box}>
      {lines.map((line, index) => (
        <Line
          key={index}
          number={index + 1}
          line={line}
          marked={marked}
          tabStop={index + 1 === (first ?? 1)}
        />
      ))}
    </Box>
  );
}

function VirtualLines({ lines, marked }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element) setTop(element.getBoundingClientRect().top + window.scrollY);
  }, []);
  const rows = useWindowVirtualizer({
    count: lines.length,
    estimateSize: () => LINE_PX,
    overscan: 40,
    scrollMargin: top,
  });
  const first = marked?.first;
  useEffect(() => {
    if (first !== undefined && top > 0) rows.scrollToIndex(Math.max(0, first - 1), { align: 'center' });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- scrolls when the line changes, not with each scroll
  }, [first, top]);
  const items = rows.getVirtualItems();
  const isDrawn = items.some(({ index }) => index + 1 === first);
  const tabStop = isDrawn ? first : (items[0]?.index ?? 0) + 1;
  return (
    <Box lines={lines} ref={box}>
      <div className={css.all} style={{ height: rows.getTotalSize() }}>
        {items.map(({ index, start }) => (
          <div key={index} className={css.placed} style={{ translate: `0 ${start - top}px` }}>
            <Line
              number={index + 1}
              line={lines[index] ?? ''}
              marked={marked}
              tabStop={index + 1 === tabStop}
            />
          </div>
        ))}
      </div>
    </Box>
  );
}

function Box({
  lines,
  ref,
  children,
}: {
  lines: readonly string[];
  ref: Ref<HTMLDivElement>;
  children: ReactNode;
}) {
  const digits = String(lines.length).length;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the links within it
    <div ref={ref} className={css.lines} tabIndex={0} role="group" aria-label="Lines" onKeyDown={walkLines}>
      <div className={css.width} style={{ ['--digits' as string]: `${digits}ch` }}>
        {children}
      </div>
    </div>
  );
}

interface LineProps {
  number: number;
  line: string;
  marked: LineRange | null;
  /** Tab comes to its number; to those of others the arrow keys do. */
  tabStop: boolean;
}

function Line({ number, line, marked, tabStop }: LineProps) {
  const isMarked = marked !== null && number >= marked.first && number <= marked.last;
  /** To here from where the mark begins, which may be drawn a moment later. */
  const extend = (event: MouseEvent | KeyboardEvent) => {
    const from = rangeOf(window.location.hash);
    if (!event.shiftKey || from === null) return;
    event.preventDefault();
    const [first, last] = [Math.min(from.first, number), Math.max(from.first, number)];
    window.location.hash = `L${first}-${last}`;
  };
  return (
    <div className={clsx(css.line, isMarked && css.marked)} data-line={number}>
      <a
        className={css.number}
        href={`#L${number}`}
        data-number={number}
        aria-label={`Line ${number}`}
        tabIndex={tabStop ? 0 : -1}
        onClick={extend}
        onKeyDown={(event) => event.key === 'Enter' && extend(event)}
      />
      <code className={css.code}>{line === '' ? '\n' : <Seen text={line} />}</code>
    </div>
  );
}

const useHash = () =>
  useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => window.location.hash,
  );
