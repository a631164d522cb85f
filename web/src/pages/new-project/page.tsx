import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import { pathOfName } from '../../address/path-of-name.ts';
import { useSearchValue } from '../../address/use-search.ts';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useUser } from '../../api/session.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { SelectField, SwitchField, TextField } from '../../ui/field.tsx';
import { fieldProblems } from '../../ui/field-problems.ts';
import { Form, FormActions, FormPair } from '../../ui/form.tsx';
import { Note } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { VisibilityField } from '../../ui/visibility-field.tsx';

const FIELDS = ['name', 'path', 'namespace', 'visibility', 'description'];

/** Makes a project; its page then says how to fill it. */
export default function NewProjectPage() {
  useTitle('New project');
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const user = useUser();
  const [asked] = useSearchValue('namespace');
  const [name, setName] = useState('');
  const [ownPath, setOwnPath] = useState<string | null>(null);
  const [namespace, setNamespace] = useState<string | null>(null);
  const [visibility, setVisibility] = useState('private');
  const [description, setDescription] = useState('');
  const [readme, setReadme] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const namespaces = useQuery({
    queryKey: keys.groups('namespaces'),
    queryFn: () => dataOf(api.GET('/api/v4/namespaces', { params: { query: { per_page: 100 } } })),
  });
  const path = ownPath ?? pathOfName(name);
  const preferred = asked === '' ? user?.username : asked;
  const place =
    namespaces.data?.find(({ full_path }) => full_path === (namespace ?? preferred)) ?? namespaces.data?.[0];
  const problems = fieldProblems(error, FIELDS);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const body = {
        name,
        path,
        namespace_id: place?.id,
        visibility,
        description,
        initialize_with_readme: readme,
      };
      const project = await dataOf(api.POST('/api/v4/projects', { body: body as never }));
      void client.invalidateQueries({ queryKey: keys.projects() });
      navigate(addresses.project(project.path_with_namespace));
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  return (
    <>
      <PageHead title="New project" detail="A repository, and the pipelines of what is pushed to it." />
      <Form onSubmit={submit}>
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
        <FormPair>
          <SelectField
            label="In"
            name="namespace"
            value={place?.full_path ?? ''}
            options={(namespaces.data ?? []).map(({ full_path, kind }) => ({
              value: full_path,
              label:
                kind === 'user'
                  ? `${full_path} (${full_path === user?.username ? 'yours' : 'a person’s own'})`
                  : full_path,
            }))}
            problem={problems.fields.namespace ?? null}
            onChange={setNamespace}
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
            hint={`${window.location.host}/${place?.full_path ?? '…'}/${path === '' ? '…' : path}`}
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
          of="project"
          value={visibility}
          problem={problems.fields.visibility}
          onChange={setVisibility}
        />
        <SwitchField
          label="Begin with a README"
          hint="Leave it off to push a repository that you have."
          checked={readme}
          onChange={setReadme}
        />
        {problems.rest !== null && <Note tone="failed">{problems.rest}</Note>}
        <FormActions>
          <Button type="submit" kind="primary" busy={busy}>
            Create project
          </Button>
          <ButtonLink href={addresses.home()} kind="quiet">
            Cancel
          </ButtonLink>
        </FormActions>
      </Form>
    </>
  );
}
