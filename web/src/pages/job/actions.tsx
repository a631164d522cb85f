import { Ban, ChevronDown, Eraser, Play, RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { type Shortcut, useShortcutsOf } from '../../ui/use-shortcuts.ts';
import { useStable } from '../../ui/use-stable.ts';
import css from './actions.module.css';
import type { Attempt, Job, Variable } from './queries.ts';
import { useJobActions } from './use-job-actions.ts';
import { VariablesDialog } from './variables-dialog.tsx';

type Asked = 'variables' | 'confirm' | 'erase' | 'force_cancel';

/** What this person may do with the job now, a button for each. */
export function Actions({
  fullPath,
  job,
  attempt,
}: {
  fullPath: string;
  job: Job;
  attempt: Attempt | undefined;
}) {
  const [asked, ask] = useState<Asked | null>(null);
  /** What was typed for a run that was refused. */
  const [typed, giveBack] = useState<Variable[] | null>(null);
  const toDo = useJobActions(fullPath, job, (refused) => {
    if (!('variables' in refused) || refused.variables === null) return;
    giveBack(refused.variables);
    ask((now) => now ?? 'variables');
  });
  const may = (action: Attempt['actions'][number]) => attempt?.actions.includes(action) ?? false;
  const starts = may('play') ? 'play' : may('retry') ? 'retry' : null;
  const confirmation = (starts === 'play' ? attempt?.manual_confirmation : null) ?? null;
  // Somebody else has begun the job meanwhile: the form must not come back by itself once it can be retried.
  if (asked === 'variables' && starts === null && !toDo.isUnderWay(() => true)) {
    ask(null);
    giveBack(null);
  }
  const busy = (name: string) => toDo.isUnderWay(({ act }) => act === name);

  const start = () => {
    if (starts === null || toDo.isUnderWay(() => true)) return;
    if (confirmation !== null) ask('confirm');
    else toDo.run({ act: starts, variables: null });
  };
  const startNow = useStable(start);
  useShortcutsOf(
    useMemo<Shortcut[]>(
      () =>
        starts === null
          ? []
          : [
              {
                keys: 'r',
                label: starts === 'play' ? 'Play the job' : 'Retry the job',
                act: startNow,
              },
            ],
      [starts, startNow],
    ),
  );
  return (
    <>
      {may('erase') && (
        <Button kind="quiet" icon={Eraser} busy={busy('erase')} onClick={() => ask('erase')}>
          Erase
        </Button>
      )}
      {may('cancel') && (
        <Button kind="danger" icon={Ban} busy={busy('cancel')} onClick={() => toDo.run({ act: 'cancel' })}>
          Cancel
        </Button>
      )}
      {may('force_cancel') && (
        <Button kind="danger" icon={Ban} busy={busy('force_cancel')} onClick={() => ask('force_cancel')}>
          Force cancel
        </Button>
      )}
      {starts !== null && (
        <div className={css.split}>
          <Button
            kind="primary"
            icon={starts === 'play' ? Play : RotateCcw}
            busy={busy(starts)}
            onClick={start}
          >
            {starts === 'play' ? 'Play' : 'Retry'}
          </Button>
          <Menu
            trigger={
              <IconButton
                kind="primary"
                label={`${starts === 'play' ? 'Play' : 'Retry'} with variables…`}
                icon={ChevronDown}
              />
            }
          >
            <MenuItem icon={starts === 'play' ? Play : RotateCcw} onSelect={() => ask('variables')}>
              {starts === 'play' ? 'Play with variables…' : 'Retry with other variables…'}
            </MenuItem>
          </Menu>
        </div>
      )}
      {asked === 'variables' && starts !== null && (
        <VariablesDialog
          fullPath={fullPath}
          jobId={job.id}
          readable={may('read_variables')}
          act={starts}
          name={job.name}
          confirmation={confirmation}
          typed={typed}
          onClose={() => {
            ask(null);
            giveBack(null);
          }}
          onAct={(variables) => {
            ask(null);
            giveBack(null);
            toDo.run({ act: starts, variables });
          }}
        />
      )}
      <Confirm
        open={asked === 'confirm'}
        onClose={() => ask(null)}
        title={`Play ${job.name}?`}
        confirm="Play"
        onConfirm={() => toDo.run({ act: 'play', variables: null })}
      >
        {confirmation}
      </Confirm>
      <Confirm
        open={asked === 'erase'}
        onClose={() => ask(null)}
        title="Erase the log and the artifacts?"
        confirm="Erase"
        danger
        onConfirm={() => toDo.run({ act: 'erase' })}
      >
        The job itself stays. What is erased cannot be had again.
      </Confirm>
      <Confirm
        open={asked === 'force_cancel'}
        onClose={() => ask(null)}
        title="Cancel at once?"
        confirm="Force cancel"
        danger
        onConfirm={() => toDo.run({ act: 'force_cancel' })}
      >
        The job counts as canceled without waiting for its runner, whose after_script may go on, unseen.
      </Confirm>
    </>
  );
}
