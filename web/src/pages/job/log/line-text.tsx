import { memo, type ReactNode } from 'react';
import css from './line.module.css';
import { runsOf } from './line-runs.ts';
import { lookOf } from './look.ts';
import type { Style } from './sgr.ts';

/** A piece of a line that is pointed out, by offsets in its characters. */
export interface Mark {
  start: number;
  end: number;
  current: boolean;
}

const ADDRESS = /\bhttps?:\/\/[^\s"'`<>\\^{|}]*[^\s"'`<>\\^{|}.,;:!?)\]]/g;

/** What a line says, in its colours. Nothing of it is taken for anything but text; addresses of the web are links. */
export const LineText = memo(function LineText({
  text,
  style,
  marks,
}: {
  text: string;
  style: Style;
  marks: readonly Mark[];
}) {
  let at = 0;
  return runsOf(text, style).map((run, index) => {
    const start = at;
    at += run.text.length;
    const look = lookOf(run.style);
    const content = marks.length === 0 ? linked(run.text) : marked(run.text, start, marks);
    return look.className === undefined && look.style === undefined ? (
      <span key={index}>{content}</span>
    ) : (
      <span key={index} {...look}>
        {content}
      </span>
    );
  });
});

function marked(text: string, start: number, marks: readonly Mark[]): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const mark of marks) {
    const from = Math.max(at, mark.start - start);
    const to = Math.min(text.length, mark.end - start);
    if (to <= from) continue;
    if (from > at) parts.push(linked(text.slice(at, from)));
    parts.push(
      <mark key={from} className={css.mark} data-current={mark.current || undefined}>
        {text.slice(from, to)}
      </mark>,
    );
    at = to;
  }
  parts.push(linked(text.slice(at)));
  return parts;
}

function linked(text: string): ReactNode {
  if (!text.includes('://')) return text;
  const parts: ReactNode[] = [];
  let at = 0;
  for (const found of text.matchAll(ADDRESS)) {
    parts.push(
      text.slice(at, found.index),
      <a
        key={found.index}
        href={found[0]}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className={css.link}
      >
        {found[0]}
      </a>,
    );
    at = found.index + found[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}
