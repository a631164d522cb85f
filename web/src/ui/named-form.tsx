import { type ComponentProps, type FormEvent, type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { pathOfName } from '../address/path-of-name.ts';
import { Button, ButtonLink } from './button.tsx';
import { SelectField, TextField } from './field.tsx';
import { fieldProblems } from './field-problems.ts';
import { Form, FormActions, FormPair } from './form.tsx';
import { Note } from './note.tsx';
import { VisibilityField } from './visibility-field.tsx';

const FIELDS = ['name', 'path', 'namespace', 'visibility', 'description'];

interface Entered {
  name: string;
  path: string;
  description: string;
  visibility: string;
}

interface Props {
  of: 'project' | 'group';
  /** What the button says that makes it. */
  action: string;
  /** What its address begins with: `acme/`. */
  above: string;
  visibility?: string | undefined;
  /** Where somebody goes on who thinks better of it. */
  cancel: string;
  /** In what it can be made; left out where that is settled. */
  place?: Pick<ComponentProps<typeof SelectField>, 'value' | 'options' | 'onChange'>;
  /** What else is asked. */
  children?: ReactNode;
  /** Makes it; answers the address of its page. What it throws is shown at the field that it is about. */
  make: (entered: Entered) => Promise<string>;
}

/** The form for something with a name and an address of its own: a project, or a group. */
export function NamedForm({ of, action, above, cancel, place, children, make, ...given }: Props) {
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const [ownPath, setOwnPath] = useState<string | null>(null);
  const [visibility, setVisibility] = useState(given.visibility ?? 'private');
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
      // What is pasted often has spaces around it, which no name has.
      const [own, at, about] = [name.trim(), path.trim(), description.trim()];
      navigate(await make({ name: own, path: at, description: about, visibility }));
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  const nameField = (
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
  );
  return (
    <Form onSubmit={submit}>
      {place && nameField}
      <FormPair>
        {place ? (
          <SelectField label="In" name="namespace" problem={problems.fields.namespace ?? null} {...place} />
        ) : (
          nameField
        )}
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
          hint={`${window.location.host}/${above}${path === '' ? '…' : path}`}
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
        of={of}
        value={visibility}
        problem={problems.fields.visibility}
        onChange={setVisibility}
      />
      {children}
      {problems.rest !== null && <Note tone="failed">{problems.rest}</Note>}
      <FormActions>
        <Button type="submit" kind="primary" busy={busy}>
          {action}
        </Button>
        <ButtonLink href={cancel} kind="quiet">
          Cancel
        </ButtonLink>
      </FormActions>
    </Form>
  );
}
