import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../../address/addresses.ts';
import { useSearchValue } from '../../address/use-search.ts';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useUser } from '../../api/session.ts';
import { SwitchField } from '../../ui/field.tsx';
import { NamedForm } from '../../ui/named-form.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useTitle } from '../../ui/use-title.ts';

/** Makes a project; its page then says how to fill it. */
export default function NewProjectPage() {
  useTitle('New project');
  const client = useQueryClient();
  const user = useUser();
  const [asked] = useSearchValue('namespace');
  const [namespace, setNamespace] = useState<string | null>(null);
  const [readme, setReadme] = useState(false);
  const namespaces = useQuery({
    queryKey: keys.groups('namespaces'),
    queryFn: () => dataOf(api.GET('/api/v4/namespaces', { params: { query: { per_page: 100 } } })),
  });
  const preferred = asked === '' ? user?.username : asked;
  const place =
    namespaces.data?.find(({ full_path }) => full_path === (namespace ?? preferred)) ?? namespaces.data?.[0];
  return (
    <>
      <PageHead title="New project" detail="A repository, and the pipelines of what is pushed to it." />
      <NamedForm
        of="project"
        action="Create project"
        above={`${place?.full_path ?? '…'}/`}
        cancel={addresses.home()}
        place={{
          value: place?.full_path ?? '',
          options: (namespaces.data ?? []).map(({ full_path, kind }) => ({
            value: full_path,
            label:
              kind === 'user'
                ? `${full_path} (${full_path === user?.username ? 'yours' : 'a person’s own'})`
                : full_path,
          })),
          onChange: setNamespace,
        }}
        make={async (entered) => {
          const body = { ...entered, namespace_id: place?.id, initialize_with_readme: readme };
          const project = await dataOf(api.POST('/api/v4/projects', { body: body as never }));
          void client.invalidateQueries({ queryKey: keys.projects() });
          return addresses.project(project.path_with_namespace);
        }}
      >
        <SwitchField
          label="Begin with a README"
          hint="Leave it off to push a repository that you have."
          checked={readme}
          onChange={setReadme}
        />
      </NamedForm>
    </>
  );
}
