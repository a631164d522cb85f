import { useQuery } from '@tanstack/react-query';
import { CircleCheck, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { CopyBlock } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Names } from '../../ui/name.tsx';
import { Note } from '../../ui/note.tsx';
import { Choice } from '../../ui/choice.tsx';
import { managersQuery, runnerQuery } from './queries.ts';
import { commandsOf } from './runner-form.ts';
import css from './runners.module.css';

interface Props {
  id: number;
  token: string;
  onClose: () => void;
}

/** How a machine becomes this runner; the token is shown this once, and the page sees when it has come. */
export function RegisterRunner({ id, token, onClose }: Props) {
  const [how, setHow] = useState<'shell' | 'docker'>('shell');
  const commands = commandsOf(window.location.origin, token, { isLinux: /Linux/.test(navigator.userAgent) });
  return (
    <Dialog
      open
      wide
      holds="shown once"
      onClose={onClose}
      title={`Connect runner ${id}`}
      actions={
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className={css.steps}>
        <Note tone="waiting">
          The token is shown now and never again. Whoever has it can take jobs, and sees what they contain.
        </Note>
        <CopyBlock text={token} label="Token" />
        <h3>On the machine that shall run jobs</h3>
        <Choice
          label="How jobs run"
          value={how}
          options={[
            { value: 'shell', label: 'In its shell' },
            { value: 'docker', label: 'In Docker' },
          ]}
          onChange={setHow}
        />
        <CopyBlock text={commands[how]} label="Commands" />
        {how === 'shell' && (
          <p className={css.hint}>
            It needs{' '}
            <a href="https://docs.gitlab.com/runner/install/" target="_blank" rel="noreferrer">
              GitLab Runner
            </a>
            , and <code>gitlab-runner run</code> where it is not a service.
          </p>
        )}
        {how === 'docker' && commands.docker_hint !== null && (
          <p className={css.hint}>{commands.docker_hint}</p>
        )}
        <Arrival id={id} />
      </div>
    </Dialog>
  );
}

/** Whether the machine has called: the event stream says when to look. */
function Arrival({ id }: { id: number }) {
  const { data: runner } = useQuery(runnerQuery(id));
  const { data: managers = [] } = useQuery(managersQuery(id));
  const machine = managers[0];
  const hasCalled = runner !== undefined && runner.contacted_at !== null;
  return (
    <div className={css.arrival} role="status">
      {hasCalled ? (
        <>
          <CircleCheck size={18} className={css.arrived} aria-hidden />
          <span>
            The runner has connected
            {machine && (
              <>
                {' '}
                (<Names of={[machine.system_id, machine.version, machine.platform]} />)
              </>
            )}
          </span>
        </>
      ) : (
        <>
          <LoaderCircle size={18} className={css.spin} aria-hidden />
          <span>Waiting for the runner to connect…</span>
        </>
      )}
    </div>
  );
}
