import { useMemo } from 'react';
import { addresses } from '../../../address/addresses.ts';
import { Link } from '../../../address/link.tsx';
import type { PipelineGraph } from '../../../api/schema.ts';
import { isActive } from '../../../ui/status.tsx';
import { durationText, useNow } from '../../../ui/time.tsx';
import { criticalPath, waitedInAll } from '../timeline/critical-path.ts';
import { Fact } from './fact.tsx';

/** What waiting cost: of all jobs together, and of those that decided how long the pipeline took. */
export function Waiting({ fullPath, graph }: { fullPath: string; graph: PipelineGraph }) {
  const { jobs, stages, pipeline } = graph;
  const clock = useNow(isActive(pipeline.status) ? 1000 : 3_600_000);
  const now = Math.max(clock, Date.parse(pipeline.updated_at));
  const { all, path } = useMemo(
    () => ({
      all: waitedInAll(jobs, now),
      path: criticalPath(
        jobs,
        stages.map(({ name }) => name),
        now,
      ),
    }),
    [jobs, stages, now],
  );
  if (path.names.length === 0) return null;
  return (
    <>
      <Fact label="Waited for runners" title="How long all of its jobs together have waited for one">
        <span className="number">{durationText(all / 1000)}</span>
      </Fact>
      <Fact label="Critical path" title="What decided how long it took">
        <Link href={addresses.pipeline(fullPath, pipeline.id, 'timeline')} className="number">
          {durationText((path.waited + path.ran) / 1000)}, {path.names.length}{' '}
          {path.names.length === 1 ? 'job' : 'jobs'}, {durationText(path.waited / 1000)} of it waiting
        </Link>
      </Fact>
    </>
  );
}
