import { Link } from '../../../address/link.tsx';
import { Note } from '../../../ui/note.tsx';
import { sizeText } from '../log/size-text.ts';
import css from './compare.module.css';
import type { LogPart } from './log-part.ts';
import { differencesIn } from './segments.ts';
import type { Compared } from './use-comparison.ts';

interface Props {
  compared: Compared;
  /** Addresses of both logs. */
  hrefs: readonly [string, string];
}

/** How two logs differ, in a sentence or two. */
export function About({ compared, hrefs }: Props) {
  const { places, first } = differencesIn(compared.segments);
  return (
    <p className={css.about}>
      <Parting compared={compared} hrefs={hrefs} first={first} />
      {places > 1 && ` They differ in ${places.toLocaleString()} places.`}
      {!compared.exact && ' Times, durations, UUIDs and long hexadecimal numbers are not compared.'}
      {!compared.complete && ' Where they have very little in common, their lines are not aligned.'}
    </p>
  );
}

/** Where two logs part, with a way to these lines. */
function Parting({ compared, hrefs, first }: Props & { first: ReturnType<typeof differencesIn>['first'] }) {
  if (!first) return compared.segments.length === 0 ? 'Both logs are empty.' : 'The logs do not differ.';
  const [left, right] = [
    first.leftCount > 0 && linkTo(compared.left, first.left, hrefs[0]),
    first.rightCount > 0 && linkTo(compared.right, first.right, hrefs[1]),
  ];
  if (left && right)
    return (
      <>
        They part at {left} on the left, {right} on the right.
      </>
    );
  return left ? (
    <>They part at {left} on the left, which the right one has not.</>
  ) : (
    <>They part at {right} on the right, which the left one has not.</>
  );
}

function linkTo({ linesBefore }: LogPart, nth: number, href: string) {
  const line = linesBefore + nth + 1;
  return <Link href={`${href}#L${line}`}>line {line.toLocaleString()}</Link>;
}

/** Says of a log that is too long to be compared whole what is not compared. */
export function LeftOut({ name, part: { from, linesBefore } }: { name: string; part: LogPart }) {
  if (linesBefore === 0) return null;
  return (
    <Note tone="waiting">
      {`${name} has too long a log to be compared whole: its first ${linesBefore.toLocaleString()} lines (${sizeText(from)}) are left out.`}
    </Note>
  );
}
