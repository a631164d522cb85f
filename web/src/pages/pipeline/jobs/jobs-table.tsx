import { useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, ListX } from 'lucide-react';
import { type ReactNode, useMemo, useRef } from 'react';
import { useSearchValues } from '../../../address/use-search.ts';
import { api, dataOf } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import type { PipelineGraph, PipelineJob } from '../../../api/schema.ts';
import { SelectField, SwitchField, TextField } from '../../../ui/field.tsx';
import { Empty, Note } from '../../../ui/note.tsx';
import { lookOf } from '../../../ui/status.tsx';
import { messageOf } from '../../../api/problem.ts';
import { useMedia } from '../../../ui/use-media.ts';
import { useRows } from '../../../ui/use-rows.ts';
import { NoJobs } from '../no-jobs.tsx';
import { summaryOf } from '../summary.ts';
import { JobRow } from './job-row.tsx';
import css from './jobs-table.module.css';
import { type Column, filterJobs, sortingIn, sortingText, sortJobs } from './sort-jobs.ts';

const ROW = 45;
const HEADS: readonly { column: Column; label: string }[] = [
  { column: 'status', label: 'Status' },
  { column: 'name', label: 'Job' },
  { column: 'stage', label: 'Stage' },
  { column: 'duration', label: 'Ran' },
  { column: 'queued', label: 'Waited' },
  { column: 'started', label: 'Began' },
];

/** The jobs of the pipeline: the same as the graph, for whoever would rather read. */
export function JobsTable({ fullPath, graph }: { fullPath: string; graph: PipelineGraph }) {
  const [values, set] = useSearchValues(['text', 'status', 'sort', 'retried']);
  const { text = '', status = '', retried = '' } = values;
  const order = values.sort ?? '';
  const sorting = sortingIn(order);
  const earlier = useEarlierAttempts(fullPath, graph, retried === 'yes');
  const stages = useMemo(() => graph.stages.map(({ name }) => name), [graph.stages]);
  const all = useMemo(() => [...graph.jobs, ...earlier.jobs], [graph.jobs, earlier.jobs]);
  const jobs = useMemo(
    () => sortJobs(filterJobs(all, { text, status }), stages, sortingIn(order)),
    [all, text, status, stages, order],
  );
  const sort = (column: Column) =>
    set({ sort: sortingText({ column, down: sorting.column === column && !sorting.down }) });
  return (
    <>
      <div className={css.filters}>
        <TextField
          label="Filter"
          type="search"
          placeholder="Name, stage, runner, tag"
          value={text}
          onChange={(next) => set({ text: next }, 'typed')}
        />
        <SelectField
          label="Status"
          value={status}
          options={[
            { value: '', label: 'Any' },
            ...summaryOf(all).counts.map((each) => ({
              value: each.status,
              label: `${lookOf(each.status).label} (${each.count})`,
            })),
          ]}
          onChange={(next) => set({ status: next })}
        />
        <SwitchField
          label="Earlier attempts too"
          checked={retried === 'yes'}
          onChange={(on) => set({ retried: on ? 'yes' : null })}
        />
      </div>
      {earlier.error !== null && <Note tone="failed">{messageOf(earlier.error)}</Note>}
      {all.length === 0 && <NoJobs />}
      {all.length > 0 && jobs.length === 0 && (
        <Empty icon={ListX} title="No job fits">
          Take away a word, or choose another status.
        </Empty>
      )}
      {jobs.length > 0 && (
        <Rows
          jobs={jobs}
          fullPath={fullPath}
          pipeline={graph.pipeline.id}
          head={HEADS.map(({ column, label }) => {
            const isSorted = sorting.column === column;
            const Arrow = sorting.down ? ArrowDown : ArrowUp;
            return (
              <th
                key={column}
                scope="col"
                data-column={column}
                aria-sort={isSorted ? (sorting.down ? 'descending' : 'ascending') : undefined}
              >
                <button type="button" className={css.sort} onClick={() => sort(column)}>
                  {label}
                  {isSorted && <Arrow size={12} aria-hidden />}
                </button>
              </th>
            );
          })}
        />
      )}
    </>
  );
}

interface RowsProps {
  jobs: readonly PipelineJob[];
  head: ReactNode;
  fullPath: string;
  pipeline: number;
}

/** Only the rows in sight are there; the page tells assistive technology of the others. */
function Rows({ jobs, head, fullPath, pipeline }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRows(scroller, jobs.length, ROW);
  const isNarrow = useMedia('(max-width: 560px)');
  const { items } = rows;
  const above = items[0]?.start ?? 0;
  const below = rows.height - (items.at(-1)?.end ?? 0);
  return (
    <div ref={scroller} className={css.scroller} tabIndex={0} role="group" aria-label="Jobs, scrolls">
      <table className={css.table} aria-label="Jobs" aria-rowcount={jobs.length + 1}>
        <thead>
          <tr>
            {head}
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {above > 0 && <tr className={css.space} style={{ height: above }} aria-hidden />}
          {items.map(({ index }) => {
            const job = jobs[index];
            return (
              job && (
                <JobRow key={job.id} fullPath={fullPath} pipeline={pipeline} job={job} isNarrow={isNarrow} />
              )
            );
          })}
          {below > 0 && <tr className={css.space} style={{ height: below }} aria-hidden />}
        </tbody>
      </table>
    </div>
  );
}

const NONE: readonly PipelineJob[] = [];

/** The attempts that others have replaced. */
function useEarlierAttempts(fullPath: string, { pipeline }: PipelineGraph, enabled: boolean) {
  const { data, error } = useQuery({
    queryKey: keys.pipeline(fullPath, pipeline.id, 'with-retried'),
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/pipelines/{pipeline_id}/graph', {
          params: { path: { id: fullPath, pipeline_id: pipeline.id }, query: { include_retried: true } },
        }),
      ),
    enabled,
    select: ({ jobs }): PipelineJob[] => jobs.filter((job) => job.retried),
  });
  return { jobs: enabled ? (data ?? NONE) : NONE, error: enabled ? error : null };
}
