import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { FolderPlus, Users } from 'lucide-react';
import { addresses } from '../../address/addresses.ts';
import { Link } from '../../address/link.tsx';
import { useSearchValues } from '../../address/use-search.ts';
import { useAbilities } from '../../api/abilities.ts';
import { api, pageOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { GroupTable } from '../../ui/group-table.tsx';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { useRowKeys } from '../../ui/use-row-keys.ts';
import { useTitle } from '../../ui/use-title.ts';

const groupsQuery = (search: string | undefined, page: number) => ({
  queryKey: keys.groups('list', search, page),
  queryFn: () =>
    pageOf(
      api.GET('/api/v4/groups', {
        params: {
          query: {
            search,
            // Those below others are shown on their pages, unless they are looked for.
            top_level_only: search === undefined ? true : undefined,
            with_counts: true,
            page,
            per_page: 30,
          },
        },
      }),
    ),
  placeholderData: keepPreviousData,
});

/** All groups that the person may see. */
export default function GroupsPage() {
  useTitle('Groups');
  const [{ search, page = '1' }, set] = useSearchValues(['search', 'page']);
  const can = useAbilities('server', '');
  const rows = useRowKeys<HTMLDivElement>('group');
  const groups = useQuery(groupsQuery(search, Number(page) || 1));
  const none = groups.data?.items.length === 0 && groups.data.page === 1;
  return (
    <>
      <PageHead
        title="Groups"
        actions={
          can('create_group') && (
            <ButtonLink href={addresses.newGroup()} kind="primary" icon={FolderPlus}>
              New group
            </ButtonLink>
          )
        }
      />
      {!(none && search === undefined) && (
        <Toolbar>
          <SearchField label="Search groups" />
        </Toolbar>
      )}
      {groups.isPending && <Skeleton lines={6} />}
      {groups.isError && <Problem error={groups.error} retry={() => void groups.refetch()} />}
      {none && (
        <Empty icon={Users} title={search === undefined ? 'No groups yet' : 'No group fits'}>
          {search === undefined ? (
            'A group holds projects of the same people, with runners and variables for all of them.'
          ) : (
            <Link href={addresses.groups()}>Show all groups</Link>
          )}
        </Empty>
      )}
      {groups.data && groups.data.items.length > 0 && (
        <div ref={rows}>
          <GroupTable label="Groups" groups={groups.data.items} />
          <Pager page={groups.data} onPage={(next) => set({ page: next === 1 ? null : String(next) })} />
        </div>
      )}
    </>
  );
}
