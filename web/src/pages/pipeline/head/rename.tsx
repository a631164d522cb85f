import { type SyntheticEvent, useState } from 'react';
import { messageOf } from '../../../api/problem.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';

interface Props {
  open: boolean;
  onClose: () => void;
  name: string;
  rename: (name: string) => Promise<unknown>;
}

/** Gives the pipeline another name. */
export function Rename({ open, onClose, name, rename }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title="Rename the pipeline">
      {/* Made anew each time, so that it begins with the name as it is. */}
      {open && <Form name={name} rename={rename} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ name, rename, onClose }: Omit<Props, 'open'>) {
  const [text, setText] = useState(name);
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({
    busy: false,
    problem: null,
  });
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    setState({ busy: true, problem: null });
    try {
      await rename(text.trim());
      onClose();
    } catch (error) {
      setState({ busy: false, problem: messageOf(error) });
    }
  };
  return (
    <form onSubmit={(event) => void send(event)}>
      <TextField
        label="Name"
        value={text}
        onChange={setText}
        problem={state.problem}
        required
        maxLength={255}
      />
      <p>
        <Button type="submit" kind="primary" busy={state.busy}>
          Rename
        </Button>
      </p>
    </form>
  );
}
