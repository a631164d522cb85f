import { clsx } from 'clsx';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { memo, type MouseEvent } from 'react';
import { durationText } from '../../../ui/time.tsx';
import css from './line.module.css';
import { LineText, type Mark } from './line-text.tsx';
import type { Section } from './rows.ts';
import { PLAIN, type Style } from './sgr.ts';

interface Props {
  line: number;
  /** Null: it has not come yet. */
  text: string | null;
  style: Style;
  cut: boolean;
  /** Null: not shown. */
  stamp: string | null;
  marks: readonly Mark[];
  chosen: boolean;
  /** Tab comes to its number; to those of others the arrow keys do. */
  tabStop: boolean;
  /** The section that begins here, and whether it is folded. */
  section: Section | null;
  folded: boolean;
  /** Tab comes to its button; to those of other sections the arrow keys do. */
  sectionStop: boolean;
  onNumber: (event: MouseEvent, line: number) => void;
  onFold: (section: Section) => void;
}

/** Pixels by which a section within another stands in. */
const NESTED = 14;

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** One line of a log with its number; the first one of a section folds it. */
export const Line = memo(function Line(props: Props) {
  const { line, text, style, cut, stamp, marks, chosen, tabStop } = props;
  const { section, folded, sectionStop, onNumber, onFold } = props;
  return (
    <div className={clsx(css.line, chosen && css.chosen, section && css.header)} data-line={line}>
      <a
        href={`#L${line}`}
        className={css.number}
        tabIndex={tabStop ? 0 : -1}
        onClick={(event) => onNumber(event, line)}
        aria-label={`Line ${line}`}
      >
        {line}
      </a>
      {stamp !== null && (
        <time className={css.stamp} dateTime={stamp} title={stamp}>
          {stamp === '' ? '' : clock.format(new Date(stamp))}
        </time>
      )}
      {section && (
        <button
          type="button"
          className={css.fold}
          tabIndex={sectionStop ? 0 : -1}
          style={{ marginLeft: section.level * NESTED - 4 }}
          aria-expanded={!folded}
          aria-label={`Section ${section.name}`}
          onClick={() => onFold(section)}
        >
          {folded ? <ChevronRight size={14} aria-hidden /> : <ChevronDown size={14} aria-hidden />}
        </button>
      )}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the button before it is for the keyboard */}
      <span
        className={css.text}
        onClick={section ? (event) => foldByText(event, section, onFold) : undefined}
      >
        {text === null ? (
          <span className={css.waits} aria-hidden />
        ) : (
          <LineText text={text} style={style ?? PLAIN} marks={marks} />
        )}
        {cut && <em className={css.cut}> … the line goes on: see the raw log</em>}
      </span>
      {section?.finished_at && <SectionDuration section={section} />}
    </div>
  );
});

function SectionDuration({ section: { started_at, finished_at } }: { section: Section }) {
  const seconds = (Date.parse(finished_at ?? started_at) - Date.parse(started_at)) / 1000;
  return (
    <span className={css.duration} title="How long the section took">
      {durationText(seconds)}
    </span>
  );
}

/** The whole header folds, but for whoever selects text or follows a link in it. */
function foldByText(event: MouseEvent, section: Section, onFold: (section: Section) => void): void {
  if (event.target instanceof Element && event.target.closest('a')) return;
  if (window.getSelection()?.type === 'Range') return;
  onFold(section);
}
