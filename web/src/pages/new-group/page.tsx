import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import { pathOfName } from '../../address/path-of-name.ts';
import { useSearchValue } from '../../address/use-search.ts';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { fieldProblems } from '../../ui/field-problems.ts';
import { Form, FormActions, FormPair } from '../../ui/form.tsx';
import { Note, Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { VisibilityField } from '../../ui/visibility-field.tsx';

const FIELDS = ['name', 'path', 'visibility', 'description'];

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
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [ownPath, setOwnPath] = useState<string | null>(null);
  const [visibility, setVisibility] = useState(parent?.visibility ?? 'private');
  const [description, setDescription] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const path = ownPath ?? pathOfName(name);
  const problems = fieldProblems(error, FIELDS);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const body = { name, path, description, visibility, parent_id: parent?.id };
      const group = await dataOf(api.POST('/api/v4/groups', { body: body as never }));
      void client.invalidateQueries({ queryKey: keys.groups() });
      navigate(addresses.group(group.full_path));
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  const before = parent === null ? '' : `${parent.full_path}/`;
  return (
    <>
      <PageHead
        title={parent === null ? 'New group' : `New subgroup of ${parent.full_path}`}
        detail="It holds projects of the same people, with runners and variables for all of them."
      />
      <Form onSubmit={submit}>
        <FormPair>
          <TextField
            label="Name"
            name="name"
            required
            maxLength={255}
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the first field of the page's only form
            autoFocus
            autoComplete="off"
            value={name}
            problem={problems.fields.name ?? null}
            onChange={setName}
          />
          <TextField
            label="Path"
            name="path"
            required
            mono
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            value={path}
            problem={problems.fields.path ?? null}
            hint={`${window.location.host}/${before}${path === '' ? '…' : path}`}
            onChange={setOwnPath}
          />
        </FormPair>
        <TextField
          label="Description"
          name="description"
          autoComplete="off"
          value={description}
          problem={problems.fields.description ?? null}
          hint="May be left out."
          onChange={setDescription}
        />
        <VisibilityField
          of="group"
          value={visibility}
          problem={problems.fields.visibility}
          onChange={setVisibility}
        />
        {problems.rest !== null && <Note tone="failed">{problems.rest}</Note>}
        <FormActions>
          <Button type="submit" kind="primary" busy={busy}>
            {parent === null ? 'Create group' : 'Create subgroup'}
          </Button>
          <ButtonLink
            href={parent === null ? addresses.groups() : addresses.group(parent.full_path)}
            kind="quiet"
          >
            Cancel
          </ButtonLink>
        </FormActions>
      </Form>
    </>
  );
}
