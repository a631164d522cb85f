import { type ReactNode, useState } from 'react';
import { messageOf } from '../api/problem.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, and whether it can be undone. */
  children: ReactNode;
  confirm: string;
  danger?: boolean;
  /** What it promises is waited for, and said in place why it did not work. What is seen at once (`useAction`) promises nothing. */
  onConfirm: () => void | Promise<unknown>;
}

/** Asks before what cannot be taken back. */
export function Confirm({ open, onClose, title, children, confirm, danger = false, onConfirm }: Props) {
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({
    busy: false,
    problem: null,
  });
  const act = async () => {
    setState({ busy: true, problem: null });
    try {
      await onConfirm();
      setState({ busy: false, problem: null });
      onClose();
    } catch (error) {
      setState({ busy: false, problem: messageOf(error) });
    }
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      description={children}
      actions={
        <>
          <Button onClick={onClose}>Keep</Button>
          <Button kind={danger ? 'danger' : 'primary'} busy={state.busy} onClick={act}>
            {confirm}
          </Button>
        </>
      }
      problem={state.problem}
    />
  );
}
