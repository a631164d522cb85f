import { Fragment, type ReactNode, useMemo } from 'react';
import css from './name.module.css';
import { piecesOf } from './unseen.ts';

/**
 * A text that may hold characters which are not seen: they are shown as marks, copied as they are, and change nothing of
 * what is around them.
 */
export function Seen({ text }: { text: string }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  if (pieces.length === 1 && pieces[0] === text) return text;
  return pieces.map((piece, index) =>
    typeof piece === 'string' ? (
      <Fragment key={index}>{piece}</Fragment>
    ) : (
      <span key={index} className={css.unseen} data-code={piece.code} title={`${piece.code} ${piece.name}`}>
        {piece.char}
      </span>
    ),
  );
}

/** A name that others gave, within a text of ours: whatever letters it has, the order of ours stays. */
export const Name = ({ text, className }: { text: string; className?: string }) => (
  <bdi className={className}>
    <Seen text={text} />
  </bdi>
);

/** For parts that take anything: what of it is but a text may have characters that are not seen. */
export const Shown = ({ of }: { of: ReactNode }) => (typeof of === 'string' ? <Seen text={of} /> : of);

/** Several names in a row; what is not there is left out. */
export const Names = ({
  of,
  between = ', ',
}: {
  of: readonly (string | null | undefined)[];
  between?: string;
}) =>
  of
    .filter((text) => !!text)
    .map((text, index) => (
      <Fragment key={index}>
        {index > 0 && between}
        <Name text={text ?? ''} />
      </Fragment>
    ));
