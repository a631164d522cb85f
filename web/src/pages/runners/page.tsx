import { useQuery } from '@tanstack/react-query';
import { Link2, Plus, SearchX, Server } from 'lucide-react';
import { useState } from 'react';
import type { PageProps } from '../../address/routes.tsx';
import { useSearchValue, useSearchValues } from '../../address/use-search.ts';
import { useAbilities } from '../../api/abilities.ts';
import { ownerKey, ownerText } from '../../api/owner.ts';
import { isStatus } from '../../api/problem.ts';
import type { RunnerAtWork } from '../../api/schema.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { AssignRunner } from './assign-dialog.tsx';
import { runnersQuery } from './queries.ts';
import { RegisterRunner } from './register-dialog.tsx';
import { type Action, RunnerCard } from './runner-card.tsx';
import { CreateRunner } from './runner-dialog.tsx';
import { type Asked, RunnerDialogs } from './runner-dialogs.tsx';
import { RunnerFilters } from './runner-filters.tsx';
import css from './runners.module.css';
import { useRunnerAct } from './use-runner-act.ts';

const VALUES = ['type', 'status', 'tag', 'search', 'page'] as const;

/** The runners that could run jobs of the server, of a group or of a project. */
export default function Page({ scope, fullPath }: PageProps) {
  const owner = { scope, fullPath };
  useTitle('Runners', fullPath);
  const can = useAbilities(scope, fullPath);
  const [{ page: pageText, ...filters }, set] = useSearchValues(VALUES);
  const [open, setOpen] = useSearchValue('runner');
  const page = Math.max(1, Math.trunc(Number(pageText)) || 1);
  const query = runnersQuery(owner, filters, page);
  const { data, error, isPending, refetch } = useQuery(query);
  const change = useRunnerAct(fullPath, query.queryKey);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [dialog, setDialog] = useState<'create' | 'assign' | null>(null);
  const [token, setToken] = useState<{ id: number; token: string } | null>(null);
  const mayCreate = can('admin_runners') || can('admin_group_runners') || can('admin_project_runners');
  const narrow = (changes: Parameters<typeof set>[0]) => set({ ...changes, page: null });
  const clear = () => narrow({ type: null, status: null, tag: null, search: null });
  const isNarrow = Object.keys(filters).length > 0;
  const act = (runner: RunnerAtWork, action: Action) => {
    if (action === 'edit' || action === 'renew' || action === 'delete') setAsked({ action, runner });
    else change.run({ action, runner });
  };
  if (isStatus(error, 403)) return <Problem error={error} />;
  return (
    <>
      <PageHead
        title="Runners"
        detail={`What runs the jobs of ${scope === 'server' ? 'all projects' : ownerText(owner)}`}
        actions={
          mayCreate && (
            <>
              {scope === 'project' && (
                <Button icon={Link2} onClick={() => setDialog('assign')}>
                  Use another project’s
                </Button>
              )}
              <Button kind="primary" icon={Plus} onClick={() => setDialog('create')}>
                New runner
              </Button>
            </>
          )
        }
      />
      <RunnerFilters owner={owner} filters={filters} set={narrow} onClear={isNarrow ? clear : undefined} />
      {isPending && <Skeleton lines={6} />}
      {error && !data && <Problem error={error} retry={() => void refetch()} />}
      {data?.items.length === 0 &&
        (isNarrow ? (
          <Empty icon={SearchX} title="No runner fits">
            <Button onClick={clear}>Clear filters</Button>
          </Empty>
        ) : (
          <Empty icon={Server} title="There is no runner">
            {scope === 'group'
              ? 'Jobs of its projects wait, but for those of projects that have runners of their own. '
              : 'Jobs wait until there is one. '}
            {mayCreate && 'Create one here, and type the command that it shows on a machine of yours.'}
          </Empty>
        ))}
      <ul className={css.list} aria-label="Runners">
        {data?.items.map((runner) => (
          <RunnerCard
            key={runner.id}
            runner={runner}
            actions={actionsOf(runner, scope === 'project' && can('admin_project_runners'))}
            open={open === String(runner.id)}
            onToggle={() => setOpen(open === String(runner.id) ? null : String(runner.id), 'aside')}
            act={(action) => act(runner, action)}
          />
        ))}
      </ul>
      {data && (
        <Pager page={{ ...data, page }} onPage={(next) => set({ page: next === 1 ? null : String(next) })} />
      )}
      {dialog === 'create' && (
        <CreateRunner
          owner={owner}
          onClose={() => setDialog(null)}
          onCreated={(created) => {
            setDialog(null);
            setToken(created);
          }}
        />
      )}
      {dialog === 'assign' && <AssignRunner fullPath={fullPath} onClose={() => setDialog(null)} />}
      <RunnerDialogs
        asked={asked}
        onClose={() => setAsked(null)}
        onToken={setToken}
        onDelete={(runner) => change.run({ action: 'delete', runner })}
      />
      {token && <RegisterRunner {...token} onClose={() => setToken(null)} key={ownerKey(owner)} />}
    </>
  );
}

/** What the page offers of a runner: what the server lets one do, and taking a project's own from the project. */
function actionsOf(runner: RunnerAtWork, mayUnassign: boolean): readonly Action[] {
  const isOwn = mayUnassign && runner.runner_type === 'project_type';
  const may = (action: RunnerAtWork['actions'][number]) => runner.actions.includes(action);
  return [
    ...(may('update') ? [runner.paused ? ('resume' as const) : ('pause' as const), 'edit' as const] : []),
    ...(may('reset_token') ? ['renew' as const] : []),
    ...(isOwn ? ['unassign' as const] : []),
    ...(may('delete') ? ['delete' as const] : []),
  ];
}
