import { useCallback, useState } from 'react';
import type { PipelineJob } from '../../api/schema.ts';
import { IconButton } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { ACTION_ICONS } from './action-icons.ts';
import { type Act, JOB_ACTIONS, useJobActions } from './actions.ts';

interface Props {
  fullPath: string;
  pipeline: number;
  job: PipelineJob;
  /** Only the first that is possible, where there is room for one. */
  only?: boolean;
}

/** The buttons for what can be done with a job now. */
export function JobActionButtons({ fullPath, pipeline, job, only = false }: Props) {
  const { act, dialog } = useAskedActions();
  return (
    <>
      {JOB_ACTIONS.filter(({ action }) => job.actions.includes(action))
        .slice(0, only ? 1 : undefined)
        .map(({ action, label }) => (
          <IconButton
            key={action}
            label={`${label} ${job.name}`}
            icon={ACTION_ICONS[action]}
            size="small"
            onClick={() => act({ fullPath, pipeline, job, action })}
          />
        ))}
      {dialog}
    </>
  );
}

/** Does what is asked for, at once, or when the question of the job's configuration has been answered in `dialog`. */
export function useAskedActions() {
  const send = useJobActions();
  const [asked, setAsked] = useState<Act | null>(null);
  const act = useCallback(
    (what: Act) => {
      if (what.action === 'play' && what.job.manual_confirmation !== null) setAsked(what);
      else send(what);
    },
    [send],
  );
  const dialog = asked && (
    <Confirm
      open
      onClose={() => setAsked(null)}
      title={`Play ${asked.job.name}?`}
      confirm="Play"
      onConfirm={() => send(asked)}
    >
      {asked.job.manual_confirmation}
    </Confirm>
  );
  return { act, dialog };
}
