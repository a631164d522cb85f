import { useQuery } from '@tanstack/react-query';
import { Columns2 } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { Name, Seen } from '../../ui/name.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { lookOf, StatusIcon } from '../../ui/status.tsx';
import { Duration } from '../../ui/time.tsx';
import { sidesOf, sidesText } from './compare/sides.ts';
import { Panel, panel } from './panel.tsx';
import { type Attempt, variablesQuery } from './queries.ts';

/** Every try at this job, the newest first, the one that is shown marked. Nothing where there was but one. */
export function Attempts({
  fullPath,
  attempts,
  shown,
}: {
  fullPath: string;
  attempts: readonly Attempt[];
  shown: number;
}) {
  const sides = sidesOf('', attempts, shown);
  if (sides === null) return null;
  return (
    <Panel
      title={`Attempts (${attempts.length})`}
      aside={
        <ButtonLink
          size="small"
          kind="quiet"
          icon={Columns2}
          href={addresses.compareAttempts(fullPath, shown, sidesText(sides))}
        >
          Compare
        </ButtonLink>
      }
    >
      <nav className={panel.list} aria-label="Attempts">
        {attempts.map((each) => (
          <Link
            key={each.id}
            href={addresses.job(fullPath, each.id)}
            className={panel.row}
            aria-current={each.id === shown ? 'page' : undefined}
            title={`${lookOf(each.status, each.allow_failure).label}${each.runner ? `, on ${each.runner.description ?? each.runner.id}` : ''}`}
          >
            <StatusIcon status={each.status} allowFailure={each.allow_failure} />
            <span className={panel.name}>
              {each.attempt}
              {'. '}
              <span className={panel.muted}>
                #{each.id}
                {each.runner && (
                  <>
                    {' · '}
                    <Name text={each.runner.description ?? `runner ${each.runner.id}`} />
                  </>
                )}
              </span>
            </span>
            <span className={panel.muted}>
              <Duration
                seconds={each.status === 'running' ? null : each.duration}
                since={each.status === 'running' ? each.started_at : null}
              />
            </span>
          </Link>
        ))}
      </nav>
    </Panel>
  );
}

/** What was set by hand for this run; nothing where nothing was. */
export function SetByHand({
  fullPath,
  jobId,
  readable,
}: {
  fullPath: string;
  jobId: number;
  readable: boolean;
}) {
  const { data = [] } = useQuery({ ...variablesQuery(fullPath, jobId), enabled: readable });
  if (data.length === 0) return null;
  return (
    <Panel title="Set by hand">
      <dl>
        {data.map(({ key, value }) => (
          <div key={key}>
            <dt>
              <code>
                <Seen text={key} />
              </code>
            </dt>
            <dd>
              <code className={`${panel.muted} ${panel.value}`}>
                <Seen text={value} />
              </code>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
