import { clsx } from 'clsx';
import { ChartGantt } from 'lucide-react';
import { type CSSProperties, useMemo, useRef } from 'react';
import { useSearchValue } from '../../../address/use-search.ts';
import type { PipelineGraph } from '../../../api/schema.ts';
import { Empty } from '../../../ui/note.tsx';
import { Choice } from '../../../ui/choice.tsx';
import { isActive, lookOf } from '../../../ui/status.tsx';
import { durationText, useNow } from '../../../ui/time.tsx';
import { useMedia } from '../../../ui/use-media.ts';
import { useRows } from '../../../ui/use-rows.ts';
import { hrefOf } from '../summary.ts';
import { CriticalLine } from './critical-line.tsx';
import { criticalPath } from './critical-path.ts';
import { JobLabel } from './job-label.tsx';
import { type Bar, barsOf, percentOf, type Span, spanOf, ticksOf } from './scale.ts';
import css from './timeline.module.css';

const ROW = 30;
/** Where there is no room for names beside the bars, they stand above them. The style sheet has the same two. */
const NARROW = '(max-width: 560px)';
const NARROW_ROW = 48;

/** When each job waited and ran: what the pipeline's time went into. */
export function Timeline({ fullPath, graph }: { fullPath: string; graph: PipelineGraph }) {
  const [value, setOrder] = useSearchValue('order', 'start');
  const order = value === 'stage' ? 'stage' : 'start';
  const goesOn = isActive(graph.pipeline.status);
  const clock = useNow(goesOn ? 1000 : 3_600_000);
  const now = Math.max(clock, ...(goesOn ? [Date.parse(graph.pipeline.updated_at)] : []));
  const stages = useMemo(() => graph.stages.map(({ name }) => name), [graph.stages]);
  const bars = useMemo(() => barsOf(graph.jobs, stages, order, now), [graph.jobs, stages, order, now]);
  const path = useMemo(() => criticalPath(graph.jobs, stages, now), [graph.jobs, stages, now]);
  const critical = useMemo(() => new Set(path.names), [path]);
  const span = spanOf(bars);
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia(NARROW);
  const rows = useRows(scroller, bars.length, isNarrow ? NARROW_ROW : ROW);
  if (bars.length === 0)
    return (
      <Empty icon={ChartGantt} title="No job has been queued yet">
        Here stands when each job waited and ran, as soon as the first one is handed to a runner.
      </Empty>
    );
  return (
    <>
      <CriticalLine fullPath={fullPath} jobs={graph.jobs} path={path} now={now} />
      <div className={css.tools}>
        <Choice
          label="Order of the jobs"
          value={order}
          options={[
            { value: 'start', label: 'By start' },
            { value: 'stage', label: 'By stage' },
          ]}
          onChange={setOrder}
        />
        <p className={css.legend}>
          <span className={css.meaning}>
            <span className={css.sample} data-what="wait" aria-hidden /> waited for a runner
          </span>
          <span className={css.meaning}>
            <span className={css.sample} data-what="run" aria-hidden /> ran
          </span>
          <span className={css.meaning}>
            <span className={css.sample} data-what="critical" aria-hidden /> critical path: what decided how
            long it took
          </span>
        </p>
      </div>
      <div className={css.chart}>
        <Axis span={span} most={isNarrow ? 4 : 8} />
        <div
          ref={scroller}
          className={css.scroller}
          tabIndex={0}
          role="group"
          aria-label="Timeline of the jobs"
        >
          <ul className={css.rows} style={{ height: rows.height }}>
            {rows.items.map(({ index, start }) => {
              const bar = bars[index];
              return (
                bar && (
                  <Row
                    key={bar.job.id}
                    bar={bar}
                    span={span}
                    top={start}
                    href={hrefOf(fullPath, bar.job)}
                    isCritical={critical.has(bar.job.name)}
                  />
                )
              );
            })}
          </ul>
          {goesOn && (
            <div className={css.overlay} style={{ height: rows.height }} aria-hidden>
              <span className={css.now} style={{ left: `${percentOf(now, span)}%` }} />
            </div>
          )}
        </div>
      </div>
    </>
  );
}

/** `most`: of the moments that are named. */
function Axis({ span, most }: { span: Span; most: number }) {
  return (
    <div className={css.axis} aria-hidden>
      <div className={css.track}>
        {ticksOf(span, most).map((seconds) => (
          <span
            key={seconds}
            className={css.tick}
            style={{ left: `${percentOf(span.from + seconds * 1000, span)}%` }}
          >
            {durationText(seconds)}
          </span>
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  bar: Bar;
  span: Span;
  top: number;
  href: string | null;
  isCritical: boolean;
}

function Row({ bar, span, top, href, isCritical }: RowProps) {
  const { job, queued, started, end } = bar;
  const { label, tone } = lookOf(job.status, job.allow_failure);
  const said = [
    `${job.name}: ${label.toLowerCase()}`,
    `began after ${durationText((started - span.from) / 1000)}`,
    `waited ${durationText((started - queued) / 1000)}`,
    ...(job.started_at === null ? [] : [`ran ${durationText((end - started) / 1000)}`]),
    ...(isCritical ? ['on the critical path'] : []),
  ].join(', ');
  const part = (from: number, to: number): CSSProperties => ({
    left: `${percentOf(from, span)}%`,
    width: `${percentOf(to, span) - percentOf(from, span)}%`,
  });
  return (
    <li className={css.row} style={{ transform: `translateY(${top}px)` }} title={said}>
      <JobLabel href={href} job={job} className={css.label} nameClass={css.name} label={said} />
      <div className={css.track} aria-hidden>
        {started > queued && <span className={css.wait} style={part(queued, started)} />}
        {job.started_at !== null && (
          <span
            className={clsx(css.run, isCritical && css.critical)}
            data-tone={tone}
            style={part(started, end)}
          />
        )}
      </div>
      <span className={css.took}>{durationText((end - started) / 1000)}</span>
    </li>
  );
}
