import { useQuery } from '@tanstack/react-query';
import type { RunnerAtWork } from '../../api/schema.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { renewToken, runnerQuery } from './queries.ts';
import { EditRunner } from './runner-dialog.tsx';

export interface Asked {
  action: 'edit' | 'renew' | 'delete';
  runner: RunnerAtWork;
}

interface Props {
  asked: Asked | null;
  onClose: () => void;
  onToken: (created: { id: number; token: string }) => void;
  onDelete: (runner: RunnerAtWork) => void;
}

/** What is asked of one runner in a dialog. */
export function RunnerDialogs({ asked, onClose, onToken, onDelete }: Props) {
  if (asked === null) return null;
  const { id, description } = asked.runner;
  const name = description || `runner ${id}`;
  if (asked.action === 'edit') return <EditWhenKnown id={id} onClose={onClose} />;
  if (asked.action === 'renew')
    return (
      <Confirm
        open
        onClose={onClose}
        title={`New token for ${name}?`}
        confirm="Make a new token"
        onConfirm={async () => onToken({ id, ...(await renewToken(id)) })}
      >
        Its machines are refused until they are registered with the new one. Jobs that run go on.
      </Confirm>
    );
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Delete ${name}?`}
      confirm="Delete runner"
      danger
      onConfirm={() => onDelete(asked.runner)}
    >
      Its machines get no more jobs. It cannot be brought back; the logs of its jobs stay.
    </Confirm>
  );
}

function EditWhenKnown({ id, onClose }: { id: number; onClose: () => void }) {
  const { data } = useQuery(runnerQuery(id));
  return data ? <EditRunner runner={data} onClose={onClose} /> : null;
}
