import { useQuery, useQueryClient } from '@tanstack/react-query';
import { addresses } from '../../address/addresses.ts';
import { useSearchValue } from '../../address/use-search.ts';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { NamedForm } from '../../ui/named-form.tsx';
import { Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useTitle } from '../../ui/use-title.ts';

/** Makes a group, or with `?parent=` a subgroup. */
export default function NewGroupPage() {
  const [parentPath] = useSearchValue('parent');
  useTitle(parentPath === '' ? 'New group' : 'New subgroup');
  const parent = useQuery({
    queryKey: keys.group(parentPath),
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/groups/{id}', {
          params: { path: { id: parentPath }, query: { with_projects: false } },
        }),
      ),
    enabled: parentPath !== '',
  });
  if (parentPath === '') return <NewGroup parent={null} />;
  if (parent.isPending) return <Skeleton />;
  if (parent.isError) return <Problem error={parent.error} retry={() => void parent.refetch()} />;
  return <NewGroup parent={parent.data} />;
}

function NewGroup({ parent }: { parent: { id: number; full_path: string; visibility: string } | null }) {
  const client = useQueryClient();
  return (
    <>
      <PageHead
        title={parent === null ? 'New group' : `New subgroup of ${parent.full_path}`}
        detail="It holds projects of the same people, with runners and variables for all of them."
      />
      <NamedForm
        of="group"
        action={parent === null ? 'Create group' : 'Create subgroup'}
        above={parent === null ? '' : `${parent.full_path}/`}
        visibility={parent?.visibility}
        cancel={parent === null ? addresses.groups() : addresses.group(parent.full_path)}
        make={async (entered) => {
          const body = { ...entered, parent_id: parent?.id };
          const group = await dataOf(api.POST('/api/v4/groups', { body: body as never }));
          void client.invalidateQueries({ queryKey: keys.groups() });
          return addresses.group(group.full_path);
        }}
      />
    </>
  );
}
