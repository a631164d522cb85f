import { useQuery } from '@tanstack/react-query';
import { ChevronRight, ChevronsLeft, ListChecks, SearchX } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { useSearchValues } from '../../address/use-search.ts';
import { useRefs } from '../../api/refs.ts';
import { Button } from '../../ui/button.tsx';
import { Filters as Bar } from '../../ui/filters.tsx';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import { Table } from '../../ui/table.tsx';
import { useRowKeys } from '../../ui/use-row-keys.ts';
import { FILTERS, type Tab } from './filters.ts';
import { JobRow } from './job-row.tsx';
import css from './jobs.module.css';
import { jobsQuery } from './queries.ts';
import { useJobAct } from './use-job-act.ts';

/** The jobs of a tab, narrowed by name and ref. */
export function JobList({ fullPath, tab }: { fullPath: string; tab: Tab }) {
  const [filters, setFilters] = useSearchValues(FILTERS);
  const [text, setText] = useState('');
  const refs = useRefs(fullPath, useDeferredValue(text));
  const query = jobsQuery(fullPath, tab, filters);
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(query);
  const rows = useRowKeys<HTMLDivElement>('job');
  const act = useJobAct(fullPath, query);
  const isNarrow = filters.name !== undefined || filters.ref !== undefined;
  const clear = () => setFilters({ name: null, ref: null, before: null });
  const names = [...new Set(data?.jobs.map(({ name }) => name))].toSorted();
  return (
    <>
      <Bar label="Filters of jobs" onClear={isNarrow ? clear : undefined}>
        <SuggestField
          label="Name"
          value={filters.name ?? ''}
          placeholder="Any job"
          suggestions={names}
          onChange={(name) => setFilters({ name, before: null })}
        />
        <SuggestField
          label="Branch or tag"
          value={filters.ref ?? ''}
          placeholder="Any"
          suggestions={refs}
          onSearch={setText}
          onChange={(ref) => setFilters({ ref, before: null })}
        />
      </Bar>
      {isPending && <Skeleton lines={8} />}
      {error && !data && <Problem error={error} retry={() => void refetch()} />}
      {data?.jobs.length === 0 &&
        (isNarrow || tab.value !== 'all' || filters.before !== undefined ? (
          <Empty icon={SearchX} title="No job fits">
            {(isNarrow || filters.before !== undefined) && <Button onClick={clear}>Clear filters</Button>}
          </Empty>
        ) : (
          <Empty icon={ListChecks} title="No job has run yet">
            Jobs come with <Link href={addresses.pipelines(fullPath)}>pipelines</Link>.
          </Empty>
        ))}
      {data && data.jobs.length > 0 && (
        <div ref={rows} aria-busy={isPlaceholderData}>
          <Table
            label="Jobs"
            head={[
              'Status',
              'Job',
              'Pipeline',
              'Runner',
              'Duration',
              <span key="do" className="visually-hidden">
                Actions
              </span>,
            ]}
          >
            {data.jobs.map((job) => (
              <JobRow
                key={job.id}
                fullPath={fullPath}
                job={job}
                busy={act.isUnderWay((what) => what.job.id === job.id)}
                act={(action) => act.run({ action, job })}
              />
            ))}
          </Table>
        </div>
      )}
      {data && (data.older !== null || filters.before !== undefined) && (
        <nav className={css.pager} aria-label="Pages">
          <Button
            icon={ChevronsLeft}
            disabled={filters.before === undefined}
            onClick={() => setFilters({ before: null })}
          >
            Newest
          </Button>
          <Button
            icon={ChevronRight}
            disabled={data.older === null}
            onClick={() => setFilters({ before: String(data.older) })}
          >
            Older
          </Button>
        </nav>
      )}
    </>
  );
}
