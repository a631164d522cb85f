import { type SyntheticEvent, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';

interface Props {
  open: boolean;
  onClose: () => void;
  name: string;
  rename: (name: string) => void;
}

/** Gives the pipeline another name. */
export function Rename({ open, onClose, name, rename }: Props) {
  return (
    <Dialog open={open} onClose={onClose} holds="typed" title="Rename the pipeline">
      {/* Made anew each time, so that it begins with the name as it is. */}
      {open && <Form name={name} rename={rename} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ name, rename, onClose }: Omit<Props, 'open'>) {
  const [text, setText] = useState(name);
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    rename(text.trim());
    onClose();
  };
  return (
    <form onSubmit={send}>
      <TextField label="Name" value={text} onChange={setText} required maxLength={255} />
      <p>
        <Button type="submit" kind="primary">
          Rename
        </Button>
      </p>
    </form>
  );
}
