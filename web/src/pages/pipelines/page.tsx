import { useQuery } from '@tanstack/react-query';
import { Play, SearchX, Workflow } from 'lucide-react';
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import type { PageProps } from '../../address/routes.tsx';
import { useSearchValues } from '../../address/use-search.ts';
import { useAbilities } from '../../api/abilities.ts';
import { isStatus } from '../../api/problem.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Table } from '../../ui/table.tsx';
import { useRowKeys } from '../../ui/use-row-keys.ts';
import { useShortcutsOf } from '../../ui/use-shortcuts.ts';
import { useTitle } from '../../ui/use-title.ts';
import { FilterBar } from './filter-bar.tsx';
import { FILTERS, isFiltered } from './filters.ts';
import { FirstPipeline } from './first-pipeline.tsx';
import { PipelineRow } from './pipeline-row.tsx';
import { pipelinesQuery } from './queries.ts';
import { usePipelineAct } from './use-pipeline-act.ts';

const VALUES = [...FILTERS, 'page'] as const;

/** The pipelines of a project, as they change. */
export default function Page({ fullPath }: PageProps) {
  useTitle('Pipelines', fullPath);
  const can = useAbilities('project', fullPath);
  const [{ page: pageText, ...filters }, set] = useSearchValues(VALUES);
  const page = Math.max(1, Math.trunc(Number(pageText)) || 1);
  const query = pipelinesQuery(fullPath, filters, page);
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(query);
  const act = usePipelineAct(fullPath, query);
  const rows = useRowKeys<HTMLDivElement>('pipeline');
  const mayRun = can('create_pipeline');
  useRunKey(fullPath, mayRun);
  const narrow: typeof set = (changes, undo) => set({ ...changes, page: null }, undo);
  const clear = () => narrow(Object.fromEntries(FILTERS.map((name) => [name, null])));
  const isEmpty = data?.items.length === 0;
  const isNew = isEmpty && !isFiltered(filters) && page === 1;
  if (isStatus(error, 403)) return <Problem error={error} />;
  return (
    <>
      <PageHead
        title="Pipelines"
        actions={
          mayRun &&
          !isNew && (
            <ButtonLink kind="primary" icon={Play} href={addresses.newPipeline(fullPath)}>
              Run pipeline
            </ButtonLink>
          )
        }
      />
      {!isNew && <FilterBar fullPath={fullPath} filters={filters} set={narrow} />}
      {isPending && <Skeleton lines={8} />}
      {error && !data && <Problem error={error} retry={() => void refetch()} />}
      {isNew && <FirstPipeline fullPath={fullPath} mayRun={mayRun} icon={Workflow} />}
      {isEmpty && !isNew && (
        <Empty icon={SearchX} title={isFiltered(filters) ? 'No pipeline fits' : 'This page is empty'}>
          {isFiltered(filters) ? (
            <Button onClick={clear}>Clear filters</Button>
          ) : (
            <Button onClick={() => set({ page: null })}>To the newest pipelines</Button>
          )}
        </Empty>
      )}
      {data && !isEmpty && (
        <div ref={rows} aria-busy={isPlaceholderData}>
          <Table
            label="Pipelines"
            head={[
              'Status',
              'Pipeline',
              'By',
              'When',
              <span key="do" className="visually-hidden">
                Actions
              </span>,
            ]}
          >
            {data.items.map((pipeline) => (
              <PipelineRow
                key={pipeline.id}
                fullPath={fullPath}
                pipeline={pipeline}
                busy={act.isUnderWay((what) => what.pipeline.id === pipeline.id)}
                act={(action) => act.run({ action, pipeline })}
              />
            ))}
          </Table>
          <Pager
            page={{ ...data, page }}
            onPage={(next) => set({ page: next === 1 ? null : String(next) })}
          />
        </div>
      )}
    </>
  );
}

function useRunKey(fullPath: string, mayRun: boolean): void {
  const [, navigate] = useLocation();
  const shortcuts = useMemo(
    () =>
      mayRun
        ? [{ keys: 'n', label: 'Run a pipeline', act: () => navigate(addresses.newPipeline(fullPath)) }]
        : [],
    [fullPath, mayRun, navigate],
  );
  useShortcutsOf(shortcuts);
}
