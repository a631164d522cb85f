import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { StatusIcon } from '../../ui/status.tsx';
import { Name } from '../../ui/name.tsx';
import { Duration } from '../../ui/time.tsx';
import { type Shortcut, useShortcutsOf } from '../../ui/use-shortcuts.ts';
import { Panel, panel } from './panel.tsx';
import { type Job, stageQuery } from './queries.ts';

/** The jobs of the same stage; `j` and `k` go from one to the next. */
export function StageJobs({ fullPath, job }: { fullPath: string; job: Job }) {
  const { data = [] } = useQuery(stageQuery(fullPath, job.pipeline.id, job.stage));
  const [, navigate] = useLocation();
  // Of an attempt that another has replaced, the neighbours are those of its name.
  const here = data.findIndex(({ id, name }) => id === job.id || name === job.name);
  const before = data[here - 1]?.id;
  const after = here < 0 ? undefined : data[here + 1]?.id;
  useShortcutsOf(
    useMemo<Shortcut[]>(() => {
      const to = (id: number | undefined) => () => id !== undefined && navigate(addresses.job(fullPath, id));
      return [
        { keys: 'j', label: 'Next job of the stage', act: to(after) },
        { keys: 'k', label: 'Previous job of the stage', act: to(before) },
      ];
    }, [fullPath, before, after, navigate]),
  );
  if (data.length < 2) return null;
  return (
    <Panel title={`In ${job.stage}`} aside={<span className={panel.muted}>{data.length} jobs</span>}>
      <nav className={panel.list} aria-label={`Jobs in ${job.stage}`}>
        {data.map((each) => (
          <Link
            key={each.id}
            href={addresses.job(fullPath, each.id)}
            className={panel.row}
            aria-current={each.id === job.id ? 'page' : undefined}
          >
            <StatusIcon status={each.status} allowFailure={each.allow_failure} />
            <span className={panel.name} title={each.name}>
              <Name text={each.name} />
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
