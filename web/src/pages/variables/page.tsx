import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus, SearchX } from 'lucide-react';
import { useState } from 'react';
import type { PageProps } from '../../address/routes.tsx';
import { useSearchValue } from '../../address/use-search.ts';
import { foreseen, without } from '../../api/foreseen.ts';
import { keys } from '../../api/keys.ts';
import { type Owner, ownerKey } from '../../api/owner.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { TextField } from '../../ui/field.tsx';
import { Filters } from '../../ui/filters.tsx';
import { Empty, Skeleton } from '../../ui/note.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { BY_NAME, Pager } from '../../ui/pager.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Table } from '../../ui/table.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useTitle } from '../../ui/use-title.ts';
import { Inherited } from './inherited.tsx';
import { allVariablesQuery, deleteVariable, variablesQuery } from './queries.ts';
import { VariableDialog } from './variable-dialog.tsx';
import { EVERYWHERE, type Known } from './variable-form.ts';
import { VariableRow } from './variable-row.tsx';

const GIVEN_TO: Record<Owner['scope'], string> = {
  server: 'What the jobs of all projects are given',
  group: 'What the jobs of all projects of this group are given',
  project: 'What the jobs of this project are given',
};

/** Of several variables of one key, the scope tells which. */
const isSame = (one: Known, other: Known) =>
  one.key === other.key && one.environment_scope === other.environment_scope;

/** The variables of the server, of a group or of a project. */
export default function Page({ scope, fullPath }: PageProps) {
  const owner: Owner = { scope, fullPath };
  useTitle('Variables', fullPath);
  const [pageText, setPage] = useSearchValue('page', '1');
  const [search, setSearch] = useSearchValue('search');
  const page = Math.max(1, Math.trunc(Number(pageText)) || 1);
  const searches = search.trim() !== '';
  const query = searches ? allVariablesQuery(owner) : variablesQuery(owner, page);
  const { data, error, isPending, refetch } = useQuery(query);
  const remove = useAction({
    act: (variable: Known) => deleteVariable(owner, variable),
    foresee: (variable) => [
      foreseen(query.queryKey, (list) => without(list, (each) => isSame(each, variable))),
    ],
    stale: () => [keys.variables(ownerKey(owner))],
  });
  /** `new`: one is added. */
  const [edited, edit] = useState<Known | 'new' | null>(null);
  const [doomed, doom] = useState<Known | null>(null);
  const scoped = scope !== 'server';
  const fits = ({ key, description }: Known) =>
    `${key} ${description ?? ''}`.toLowerCase().includes(search.trim().toLowerCase());
  const shown = data?.items.filter(fits) ?? [];
  if (error && !data) return <Problem error={error} retry={() => void refetch()} />;
  return (
    <>
      <PageHead
        title="Variables"
        detail={GIVEN_TO[scope]}
        actions={
          <Button kind="primary" icon={Plus} onClick={() => edit('new')}>
            Add variable
          </Button>
        }
      />
      {isPending && <Skeleton lines={6} />}
      {data?.items.length === 0 && !searches && (
        <Empty icon={KeyRound} title="No variables yet">
          Add what jobs need and the repository should not hold: tokens, passwords, addresses.
        </Empty>
      )}
      {(searches || (data && data.items.length > 0)) && (
        <Filters label="Filter of variables" onClear={search === '' ? undefined : () => setSearch(null)}>
          <TextField
            label="Search"
            type="search"
            placeholder="Key or description"
            value={search}
            onChange={(text) => setSearch(text, 'typed')}
          />
        </Filters>
      )}
      {data && searches && shown.length === 0 && <Empty icon={SearchX} title="No variable fits" />}
      {shown.length > 0 && (
        <Table
          label="Variables"
          head={[
            'Variable',
            'Value',
            ...(scoped ? ['Environments'] : []),
            <span key="do" className="visually-hidden">
              Actions
            </span>,
          ]}
        >
          {shown.map((variable) => (
            <VariableRow
              key={`${variable.key} ${variable.environment_scope ?? EVERYWHERE}`}
              variable={variable}
              scoped={scoped}
              onEdit={() => edit(variable)}
              onDelete={() => doom(variable)}
            />
          ))}
        </Table>
      )}
      {data && !searches && (
        <Pager page={{ ...data, page }} words={BY_NAME} onPage={(next) => setPage(String(next))} />
      )}
      {scoped && <Inherited owner={owner} />}
      {edited !== null && (
        <VariableDialog
          owner={owner}
          variable={edited === 'new' ? null : edited}
          onClose={() => edit(null)}
        />
      )}
      {doomed && (
        <DeleteVariable variable={doomed} onClose={() => doom(null)} onConfirm={() => remove.run(doomed)} />
      )}
    </>
  );
}

interface DeleteProps {
  variable: Known;
  onClose: () => void;
  onConfirm: () => void;
}

function DeleteVariable({ variable, onClose, onConfirm }: DeleteProps) {
  const { key, environment_scope: scope = EVERYWHERE } = variable;
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Delete ${key}?`}
      confirm="Delete variable"
      danger
      onConfirm={onConfirm}
    >
      {scope === EVERYWHERE
        ? 'Jobs that begin from now on do not get it. Its value is gone.'
        : `Jobs for “${scope}” that begin from now on do not get it. Its value is gone; other scopes keep theirs.`}
    </Confirm>
  );
}
