import { useQuery } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../../api/keys.ts';
import type { RunnerAtWork } from '../../api/schema.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { useToasts } from '../../ui/toasts.tsx';
import { deleteRunner, renewToken, runnerQuery } from './queries.ts';
import { EditRunner } from './runner-dialog.tsx';

export interface Asked {
  action: 'edit' | 'renew' | 'delete';
  runner: RunnerAtWork;
}

interface Props {
  asked: Asked | null;
  onClose: () => void;
  onToken: (created: { id: number; token: string }) => void;
}

/** What is asked of one runner in a dialog. */
export function RunnerDialogs({ asked, onClose, onToken }: Props) {
  const client = useQueryClient();
  const toasts = useToasts();
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
      onConfirm={async () => {
        await deleteRunner(id);
        toasts.done(`${name} is deleted`);
        void client.invalidateQueries({ queryKey: keys.anyRunners });
      }}
    >
      Its machines get no more jobs. It cannot be brought back; the logs of its jobs stay.
    </Confirm>
  );
}

function EditWhenKnown({ id, onClose }: { id: number; onClose: () => void }) {
  const { data } = useQuery(runnerQuery(id));
  return data ? <EditRunner runner={data} onClose={onClose} /> : null;
}
