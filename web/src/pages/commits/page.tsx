import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import type { PageProps } from '../../address/routes.tsx';
import { useSearchValue } from '../../address/use-search.ts';
import { api, pageOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { isStatus } from '../../api/problem.ts';
import { Crumbs } from '../../code/crumbs.tsx';
import { RefPicker } from '../../code/ref-picker.tsx';
import type { RefAndPath } from '../../code/split-ref.ts';
import { useRefAndPath } from '../../code/use-refs.ts';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { Name } from '../../ui/name.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { CommitDays } from './commit-days.tsx';

const commitsQuery = (fullPath: string, { ref, path }: RefAndPath, page: number) => ({
  queryKey: keys.repository(fullPath, 'with-pipelines', 'commits', ref, path, page),
  queryFn: () => {
    const query = { ref_name: ref, path: path || undefined, page, per_page: 40, with_last_pipeline: true };
    const params = { path: { id: fullPath }, query };
    return pageOf(api.GET('/api/v4/projects/{id}/repository/commits', { params }));
  },
  placeholderData: keepPreviousData,
});

/** The commits of a branch, tag or commit, or those that changed a file or folder. */
export default function CommitsPage({ fullPath, params }: PageProps) {
  const { place, error, retry } = useRefAndPath(fullPath, params.rest ?? '');
  useTitle('Commits', place?.path, place?.ref, fullPath);
  if (error) return <Problem error={error} retry={retry} />;
  if (place === undefined) return <Skeleton lines={8} />;
  return <Commits fullPath={fullPath} place={place} />;
}

function Commits({ fullPath, place }: { fullPath: string; place: RefAndPath }) {
  const { ref, path } = place;
  const [page, setPage] = useSearchValue('page', '1');
  const commits = useQuery(commitsQuery(fullPath, place, Number(page) || 1));
  const none = commits.data?.items.length === 0 || isStatus(commits.error, 404);
  return (
    <>
      <PageHead title="Commits" />
      <Toolbar>
        <RefPicker
          fullPath={fullPath}
          refName={ref}
          addressOf={(other) => addresses.commits(fullPath, other, path)}
        />
        {path !== '' && <Crumbs fullPath={fullPath} refName={ref} path={path} />}
      </Toolbar>
      {commits.isPending && <Skeleton lines={8} />}
      {commits.isError && !none && <Problem error={commits.error} retry={() => void commits.refetch()} />}
      {none && (
        <Empty icon={History} title="No commits here">
          <code>
            <Name text={ref} />
          </code>{' '}
          is not there, or nothing has changed{' '}
          <code>
            <Name text={path === '' ? 'in it' : path} />
          </code>{' '}
          yet. <Link href={addresses.project(fullPath)}>Go to the project</Link>
        </Empty>
      )}
      {commits.data && !none && (
        <>
          <CommitDays fullPath={fullPath} commits={commits.data.items} />
          <Pager page={commits.data} onPage={(next) => setPage(String(next))} />
        </>
      )}
    </>
  );
}
