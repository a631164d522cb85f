import { useQuery } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { messageOf } from '../../api/problem.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Seen } from '../../ui/name.tsx';
import { Note, Skeleton } from '../../ui/note.tsx';
import { type Variable, variablesQuery } from './queries.ts';
import css from './variables-dialog.module.css';

interface Props {
  fullPath: string;
  jobId: number;
  /** Whether what was set last time may be seen. */
  readable: boolean;
  act: 'play' | 'retry';
  name: string;
  /** What is to be confirmed besides; null: nothing. */
  confirmation: string | null;
  /** What was typed before, to no avail; null: nothing. */
  typed: readonly Variable[] | null;
  onClose: () => void;
  onAct: (variables: Variable[]) => void;
}

/** Asks for variables of one run of a job, beginning with those that it had last. */
export function VariablesDialog(props: Props) {
  const { fullPath, jobId, readable, act, name, typed, onClose } = props;
  const known = useQuery({ ...variablesQuery(fullPath, jobId), enabled: readable });
  return (
    <Dialog
      open
      onClose={onClose}
      holds="typed"
      wide
      title={act === 'play' ? `Play ${name} with variables` : `Retry ${name} with other variables`}
      description="They count for this run only, and before those of the project and the pipeline."
    >
      {readable && known.isPending && typed === null ? (
        <Skeleton lines={2} />
      ) : (
        <>
          {known.isError && (
            <Note tone="waiting">What was set last time cannot be read: {messageOf(known.error)}</Note>
          )}
          <Form {...props} known={typed ?? known.data ?? []} />
        </>
      )}
    </Dialog>
  );
}

interface Row extends Variable {
  id: number;
}

function Form({ act, confirmation, onClose, onAct, known }: Props & { known: readonly Variable[] }) {
  const [rows, setRows] = useState<Row[]>(() =>
    (known.length > 0 ? known : [{ key: '', value: '' }]).map(({ key, value }, id) => ({ id, key, value })),
  );
  const [tried, setTried] = useState(false);
  const change = (id: number, part: Partial<Variable>) =>
    setRows((before) => before.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const add = () =>
    setRows((before) => [
      ...before,
      { id: Math.max(-1, ...before.map(({ id }) => id)) + 1, key: '', value: '' },
    ]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const given = rows.filter(({ key, value }) => key.trim() !== '' || value !== '');
    if (given.some(({ key }) => problemOfKey(key) !== null)) return;
    onAct(given.map(({ key, value }) => ({ key: key.trim(), value })));
  };
  return (
    <form onSubmit={submit} className={css.form}>
      {confirmation !== null && (
        <Note tone="waiting">
          <Seen text={confirmation} />
        </Note>
      )}
      {rows.map(({ id, key, value }, index) => (
        <div key={id} className={css.row} role="group" aria-label={`Variable ${index + 1}`}>
          <TextField
            label="Key"
            mono
            value={key}
            problem={tried && (key !== '' || value !== '') ? problemOfKey(key) : null}
            onChange={(next) => change(id, { key: next })}
            autoComplete="off"
            spellCheck={false}
          />
          <TextField
            label="Value"
            mono
            value={value}
            onChange={(next) => change(id, { value: next })}
            autoComplete="off"
            spellCheck={false}
          />
          <IconButton
            label={`Remove variable ${index + 1}`}
            icon={Trash2}
            className={css.remove}
            onClick={() => setRows((before) => before.filter((row) => row.id !== id))}
          />
        </div>
      ))}
      <div>
        <Button size="small" icon={Plus} onClick={add}>
          Add a variable
        </Button>
      </div>
      <footer className={css.actions}>
        <Button onClick={onClose}>Keep as it is</Button>
        <Button kind="primary" type="submit">
          {act === 'play' ? 'Play' : 'Retry'}
        </Button>
      </footer>
    </form>
  );
}

function problemOfKey(key: string): string | null {
  if (/^[A-Za-z0-9_]{1,255}$/.test(key.trim())) return null;
  return key.trim() === '' ? 'A variable needs a key.' : 'Letters, digits and _ only.';
}
