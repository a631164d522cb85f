import { Copy, Link2, X } from 'lucide-react';
import { problemOf } from '../../../api/problem.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { copyText } from '../../../ui/copy-text.ts';
import { useToasts } from '../../../ui/toasts.tsx';
import css from './chosen-lines.module.css';
import { hashOfRange, type LineRange } from './line-range.ts';
import { plainText } from './line-runs.ts';
import type { LogAddress } from './log-address.ts';

/** Lines that are copied at most. */
const MOST_LINES = 10_000;

/** What can be done with the lines that the address names. */
export function ChosenLines({
  range,
  missing,
  isLive,
  address,
  onClear,
}: {
  range: LineRange;
  /** The last line that was asked for, where the log has none of that number (yet: `isLive`). */
  missing: number | null;
  isLive: boolean;
  address: LogAddress;
  onClear: () => void;
}) {
  const toasts = useToasts();
  const { from, to } = range;
  const copy = async (text: () => Promise<string>, done: string) => {
    try {
      await copyText(await text());
      toasts.done(done);
    } catch (error) {
      toasts.problem(error);
    }
  };
  const linesText = async () => {
    const response = await fetch(address.lines(from, Math.min(to, from + MOST_LINES - 1)));
    if (!response.ok) throw await problemOf(response);
    const text = await response.text();
    return text.split('\n').map(plainText).join('\n');
  };
  return (
    <div className={css.bar}>
      <span>
        {from === to ? `Line ${from}` : `Lines ${from} to ${to}`}
        {missing === null ? (
          <span className={css.hint}> · Shift and click on another number for a range</span>
        ) : (
          <span role="status">
            {isLive
              ? ` · line ${missing} is not written yet`
              : ` · there is no line ${missing}: the log ends here`}
          </span>
        )}
      </span>
      <span className={css.acts}>
        <Button
          size="small"
          kind="quiet"
          icon={Link2}
          onClick={() =>
            copy(
              async () => new URL(hashOfRange(range), window.location.href).href,
              'The link is in the clipboard.',
            )
          }
        >
          Copy link
        </Button>
        <Button
          size="small"
          kind="quiet"
          icon={Copy}
          onClick={() => copy(linesText, 'The text is in the clipboard.')}
        >
          Copy text
        </Button>
        <IconButton label="Point at no lines" icon={X} size="small" onClick={onClear} />
      </span>
    </div>
  );
}
