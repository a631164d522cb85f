import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { GitBranch } from 'lucide-react';
import { useState } from 'react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import type { PageProps } from '../../address/routes.tsx';
import { useSearchValues } from '../../address/use-search.ts';
import { api, pageOf } from '../../api/client.ts';
import { foreseen, without } from '../../api/foreseen.ts';
import { keys } from '../../api/keys.ts';
import { isStatus } from '../../api/problem.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SmallSelect } from '../../ui/small-select.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useTitle } from '../../ui/use-title.ts';
import { BranchTable } from './branch-table.tsx';

const ORDERS = [
  { value: 'updated_desc', label: 'Last updated' },
  { value: 'updated_asc', label: 'Oldest first' },
  { value: 'name_asc', label: 'Name' },
] as const;

const branchesQuery = (fullPath: string, search: string | undefined, order: string, page: number) =>
  queryOptions({
    queryKey: keys.repository(fullPath, 'with-pipelines', 'branches', search, order, page),
    queryFn: () => {
      const sort = ORDERS.find(({ value }) => value === order)?.value ?? 'updated_desc';
      const query = { search, sort, page, per_page: 30, with_last_pipeline: true };
      const params = { path: { id: fullPath }, query };
      return pageOf(api.GET('/api/v4/projects/{id}/repository/branches', { params }));
    },
    placeholderData: keepPreviousData,
  });

/** The branches of a project with what was pushed to them last and how it went. */
export default function BranchesPage({ fullPath }: PageProps) {
  useTitle('Branches', fullPath);
  const [{ search, order = 'updated_desc', page = '1' }, set] = useSearchValues(['search', 'order', 'page']);
  const query = branchesQuery(fullPath, search, order, Number(page) || 1);
  const branches = useQuery(query);
  const remove = useAction({
    act: (branch: string) =>
      api.DELETE('/api/v4/projects/{id}/repository/branches/{branch}', {
        params: { path: { id: fullPath, branch } },
      }),
    foresee: (branch) => [foreseen(query.queryKey, (list) => without(list, ({ name }) => name === branch))],
    done: (branch) => `The branch ${branch} is deleted.`,
    stale: () => [keys.repository(fullPath)],
  });
  const [doomed, setDoomed] = useState<string | null>(null);
  const none = branches.data?.items.length === 0;
  if (isStatus(branches.error, 403)) return <Problem error={branches.error} />;
  return (
    <>
      <PageHead title="Branches" />
      <Toolbar
        end={
          <SmallSelect
            label="Order"
            value={order}
            options={ORDERS}
            onChange={(next) => set({ order: next === 'updated_desc' ? null : next, page: null })}
          />
        }
      >
        <SearchField label="Search branches" />
      </Toolbar>
      {branches.isPending && <Skeleton lines={6} />}
      {branches.isError && <Problem error={branches.error} retry={() => void branches.refetch()} />}
      {none && (
        <Empty icon={GitBranch} title={search === undefined ? 'No branches yet' : 'No branch fits'}>
          {search === undefined ? (
            <Link href={addresses.project(fullPath)}>Push something first</Link>
          ) : (
            <Link href={addresses.branches(fullPath)}>Show all branches</Link>
          )}
        </Empty>
      )}
      {branches.data && !none && (
        <>
          <BranchTable fullPath={fullPath} branches={branches.data.items} onDelete={setDoomed} />
          <Pager page={branches.data} onPage={(next) => set({ page: next === 1 ? null : String(next) })} />
        </>
      )}
      <DeleteBranch
        branch={doomed}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed !== null && remove.run(doomed)}
      />
    </>
  );
}

interface DeleteProps {
  branch: string | null;
  onClose: () => void;
  onConfirm: () => void;
}

function DeleteBranch({ branch, onClose, onConfirm }: DeleteProps) {
  return (
    <Confirm
      open={branch !== null}
      onClose={onClose}
      title={`Delete ${branch ?? 'the branch'}?`}
      confirm="Delete the branch"
      danger
      onConfirm={onConfirm}
    >
      Commits that are on no other branch are lost. Its pipelines stay.
    </Confirm>
  );
}
