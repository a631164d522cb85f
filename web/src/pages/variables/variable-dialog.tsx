import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../../api/keys.ts';
import { type Owner, ownerKey } from '../../api/owner.ts';
import { ApiProblem, messageOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SwitchField, TextArea, TextField } from '../../ui/field.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import { changeVariable, createVariable, scopesQuery } from './queries.ts';
import {
  bodyOf,
  changeOf,
  EVERYWHERE,
  formOf,
  type Known,
  NEW_VARIABLE,
  problemsOf,
  problemsSaid,
  type VariableProblems,
} from './variable-form.ts';
import { VisibilityField } from './visibility-field.tsx';
import css from './variables.module.css';

interface Props {
  owner: Owner;
  /** Null: a new one. */
  variable: Known | null;
  onClose: () => void;
}

/** Adds a variable or changes one; what is wrong stands at its field. */
export function VariableDialog({ owner, variable, onClose }: Props) {
  const client = useQueryClient();
  const isNew = variable === null;
  const scoped = owner.scope !== 'server';
  const [form, setForm] = useState(variable === null ? NEW_VARIABLE : formOf(variable));
  const [wrong, setWrong] = useState<VariableProblems>({});
  const [scopeText, setScopeText] = useState('');
  const { data: environments = [] } = useQuery(scopesQuery(owner));
  const save = useMutation({
    mutationFn: async () =>
      variable === null
        ? createVariable(owner, bodyOf(form, { scoped }))
        : changeVariable(owner, variable, changeOf(form, { scoped })),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: keys.variables(ownerKey(owner)) }),
  });
  const said = save.error instanceof ApiProblem ? problemsSaid(save.error.fields, form) : {};
  const problems = { ...said, ...wrong };
  const set = (change: Partial<typeof form>) => {
    setForm({ ...form, ...change });
    setWrong({});
    save.reset();
  };
  const submit = () => {
    const found = problemsOf(form, { isNew });
    setWrong(found);
    if (Object.keys(found).length === 0) save.mutate();
  };
  const isHidden = variable?.hidden === true;
  return (
    <Dialog
      open
      onClose={onClose}
      title={isNew ? 'Add variable' : `Edit ${variable.key}`}
      onSubmit={submit}
      problem={save.error && Object.keys(said).length === 0 ? messageOf(save.error) : null}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={save.isPending}>
            {isNew ? 'Add variable' : 'Save'}
          </Button>
        </>
      }
    >
      <div className={css.fields}>
        {isNew && (
          <TextField
            label="Key"
            placeholder="DEPLOY_TOKEN"
            value={form.key}
            problem={problems.key}
            onChange={(key) => set({ key })}
            mono
            spellCheck={false}
            autoComplete="off"
          />
        )}
        <Choice
          label="Type"
          value={form.isFile ? 'file' : 'env_var'}
          options={[
            { value: 'env_var', label: 'Variable' },
            { value: 'file', label: 'File' },
          ]}
          onChange={(type) => set({ isFile: type === 'file' })}
        />
        <TextArea
          label={form.isFile ? 'Content' : 'Value'}
          hint={
            isHidden
              ? 'It is hidden, and stays as it is unless you type another.'
              : form.isFile
                ? 'Jobs get the path of a file that holds it.'
                : undefined
          }
          rows={form.isFile ? 8 : 3}
          value={form.value}
          problem={problems.value}
          onChange={(value) => set({ value })}
          mono
          spellCheck={false}
          autoComplete="off"
        />
        <VisibilityField
          value={form.visibility}
          isNew={isNew}
          hideable={scoped}
          onChange={(visibility) => set({ visibility })}
        />
        <SwitchField
          label="Protected"
          hint="Only for jobs of protected branches and tags."
          checked={form.isProtected}
          onChange={(isProtected) => set({ isProtected })}
        />
        <SwitchField
          label="Expand variable references"
          hint="$NAME in the value stands for another variable."
          checked={form.expands}
          onChange={(expands) => set({ expands })}
        />
        {scoped && (
          <SuggestField
            label="Environment scope"
            hint="Only for jobs that deploy there; * is any text."
            value={form.environment_scope}
            suggestions={[EVERYWHERE, ...environments].filter((name) => name.includes(scopeText))}
            problem={problems.environment_scope}
            onSearch={setScopeText}
            onChange={(environment_scope) => set({ environment_scope })}
            mono
          />
        )}
        <TextField
          label="Description"
          value={form.description}
          problem={problems.description}
          onChange={(description) => set({ description })}
        />
      </div>
    </Dialog>
  );
}
