import { CircleCheck, CircleSlash, CircleX, FileCode } from 'lucide-react';
import { useState } from 'react';
import { CopyButton } from '../../../ui/copy.tsx';
import { Name, Names, Seen } from '../../../ui/name.tsx';
import { durationText } from '../../../ui/time.tsx';
import { type Case, hasFailed, outputText } from './cases.ts';
import { CaseHistory } from './runs.tsx';
import css from './tests.module.css';

/** More at once are of no use to anybody; the filter finds the others. */
const MOST = 200;
/** A browser lays out no more than this of one output without a pause. */
const MOST_TEXT = 100_000;

const ICONS = { success: CircleCheck, failed: CircleX, error: CircleX, skipped: CircleSlash };

/** Cases that open: what they printed, where they are, how they went before. Failures are open, while they are few. */
export function CaseList({ fullPath, cases }: { fullPath: string; cases: readonly Case[] }) {
  const failures = cases.filter(hasFailed).length;
  return (
    <>
      <ul className={css.cases}>
        {cases.slice(0, MOST).map((each, index) => (
          <CaseRow
            key={`${each.suite}\n${each.classname}\n${each.name}\n${index}`}
            fullPath={fullPath}
            of={each}
            open={hasFailed(each) && failures <= 5}
          />
        ))}
      </ul>
      {cases.length > MOST && (
        <p className={css.more}>{cases.length - MOST} more: use the filter to find them.</p>
      )}
    </>
  );
}

function CaseRow({ fullPath, of, open }: { fullPath: string; of: Case; open: boolean }) {
  const [isOpen, setOpen] = useState(open);
  const Icon = ICONS[of.status];
  const output = outputText(of.system_output);
  const recent = of.recent_failures;
  return (
    <li>
      <details className={css.case} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={css.summary}>
          <Icon
            size={16}
            strokeWidth={2.25}
            className={css.icon}
            data-status={of.status}
            aria-label={of.status}
          />
          <span className={css.what}>
            <span className={css.name}>
              <Name text={of.name} />
            </span>
            <span className={css.muted}>
              <Names of={[of.suite, of.classname]} between=" › " />
            </span>
          </span>
          {recent !== undefined && recent.count > 0 && (
            <span className={css.recent}>
              failed {recent.count === 1 ? 'once' : `${recent.count} times`} on{' '}
              <Name text={recent.base_branch} /> in 14 days
            </span>
          )}
          <span className={css.took}>{secondsText(of.execution_time)}</span>
        </summary>
        {isOpen && (
          <div className={css.inside}>
            {of.file !== undefined && (
              <p className={css.muted}>
                <FileCode size={13} aria-hidden /> <Name text={of.file} />
              </p>
            )}
            {output !== '' && (
              <div className={css.output}>
                <pre tabIndex={0} aria-label={`Output of ${of.name}`}>
                  <Seen text={output.slice(0, MOST_TEXT)} />
                  {output.length > MOST_TEXT && '\n… cut here: copy it to have all of it'}
                </pre>
                <CopyButton text={output} label="Copy the output" />
              </div>
            )}
            <CaseHistory fullPath={fullPath} of={of} />
          </div>
        )}
      </details>
    </li>
  );
}

/** Tests take milliseconds, which whole seconds would all call nothing. */
export const secondsText = (seconds: number): string =>
  seconds < 10 ? `${seconds.toFixed(seconds < 1 ? 3 : 2)}s` : durationText(seconds);
