import { memo } from 'react';
import css from './compare.module.css';
import type { SideLine } from './side-lines.ts';

interface Numbered {
  number: number;
  /** Null: it has not come yet. */
  shown: SideLine | null;
}

interface Props {
  /** Null: nothing stands there. */
  left: Numbered | null;
  right: Numbered | null;
  same: boolean;
}

/** Two lines beside each other. */
export function LinesRow({ left, right, same }: Props) {
  return (
    <>
      <Side line={left} mark={same ? null : '−'} side="left" />
      <Side line={right} mark={same ? null : '+'} side="right" />
    </>
  );
}

/** What stands in place of lines that both have. */
export function FoldedRow({ count, onUnfold }: { count: number; onUnfold: () => void }) {
  return (
    <div role="cell" aria-colspan={2} className={css.folded}>
      <button type="button" onClick={onUnfold}>
        {count.toLocaleString()} lines that do not differ
      </button>
    </div>
  );
}

interface SideProps {
  line: Numbered | null;
  /** Null: both have it. */
  mark: string | null;
  side: 'left' | 'right';
}

function Side({ line, mark, side }: SideProps) {
  if (line === null)
    return (
      <div role="cell" data-side={side} className={css.nothing}>
        <span className="visually-hidden">nothing</span>
      </div>
    );
  const { number, shown } = line;
  return (
    <div role="cell" data-side={side} className={css.line}>
      <span className={css.number}>{number}</span>
      <span className={css.mark} aria-hidden>
        {mark}
      </span>
      {mark !== null && <span className="visually-hidden">differs: </span>}
      <Text text={shown?.text ?? ''} cut={shown?.cut ?? false} />
    </div>
  );
}

const Text = memo(function Text({ text, cut }: { text: string; cut: boolean }) {
  return (
    <span className={css.text}>
      {text}
      {cut && <em className={css.cut}> … the line goes on: see the raw log</em>}
    </span>
  );
});
