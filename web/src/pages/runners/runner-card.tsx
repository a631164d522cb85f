import {
  ChevronDown,
  ChevronRight,
  Ellipsis,
  Pause,
  Pencil,
  Play,
  RefreshCw,
  Trash2,
  Unlink,
} from 'lucide-react';
import { clsx } from 'clsx';
import type { RunnerAtWork } from '../../api/schema.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Name, Names } from '../../ui/name.tsx';
import { Time } from '../../ui/time.tsx';
import { Machines } from './machines.tsx';
import { RunningJobs } from './running-jobs.tsx';
import { RunnerStatus } from './runner-status.tsx';
import css from './runners.module.css';

export type Action = 'pause' | 'resume' | 'edit' | 'renew' | 'unassign' | 'delete';

const TYPE_TEXT: Record<string, string> = {
  instance_type: 'Server',
  group_type: 'Group',
  project_type: 'Project',
};

interface Props {
  runner: RunnerAtWork;
  /** What the person may do with it. */
  actions: readonly Action[];
  open: boolean;
  onToggle: () => void;
  act: (action: Action) => void;
}

/** A runner: whether it is there, what it takes, and what it does now. */
export function RunnerCard({ runner, actions, open, onToggle, act }: Props) {
  const { id, tag_list, running_jobs: jobs } = runner;
  const name = runner.description || runner.name || `Runner ${id}`;
  const details = `runner-${id}-details`;
  const facts = [
    runner.paused && runner.status !== 'paused' ? 'paused' : null,
    runner.run_untagged ? null : 'only tagged jobs',
    runner.access_level === 'ref_protected' ? 'only protected refs' : null,
    runner.locked ? 'locked' : null,
  ].filter((fact) => fact !== null);
  return (
    <li className={css.card} data-runner={id}>
      <div className={css.head}>
        <RunnerStatus status={runner.status} />
        <h2 className={css.name}>
          <Name text={name} />
        </h2>
        <span className={css.type}>{TYPE_TEXT[runner.runner_type]}</span>
        <span className={css.muted}>#{id}</span>
        <div className={css.actions}>
          {actions.includes('pause') && (
            <Button size="small" icon={Pause} onClick={() => act('pause')} aria-label={`Pause ${name}`}>
              Pause
            </Button>
          )}
          {actions.includes('resume') && (
            <Button size="small" icon={Play} onClick={() => act('resume')} aria-label={`Resume ${name}`}>
              Resume
            </Button>
          )}
          {actions.length > 0 && <MoreMenu name={name} actions={actions} act={act} />}
        </div>
      </div>
      <div className={css.line}>
        {tag_list.map((tag) => (
          <span key={tag} className={css.tag}>
            <Name text={tag} />
          </span>
        ))}
        {facts.map((fact) => (
          <span key={fact} className={clsx(css.tag, css.fact)}>
            {fact}
          </span>
        ))}
        <span className={css.muted}>
          <Names of={[runner.version, runner.platform, runner.architecture]} between=" · " />
        </span>
        {runner.contacted_at !== null && (
          <span className={css.muted}>
            <Time at={runner.contacted_at} prefix="last contact" />
          </span>
        )}
      </div>
      <RunningJobs jobs={jobs} idle={runner.status === 'online'} />
      <Button
        kind="quiet"
        size="small"
        icon={open ? ChevronDown : ChevronRight}
        aria-expanded={open}
        aria-controls={details}
        className={css.toggle}
        onClick={onToggle}
      >
        Machines
      </Button>
      {open && (
        <div id={details}>
          <Machines id={id} />
        </div>
      )}
    </li>
  );
}

interface MenuProps {
  name: string;
  actions: readonly Action[];
  act: (action: Action) => void;
}

function MoreMenu({ name, actions, act }: MenuProps) {
  return (
    <Menu trigger={<IconButton label={`More of ${name}`} icon={Ellipsis} size="small" />}>
      {actions.includes('edit') && (
        <MenuItem icon={Pencil} onSelect={() => act('edit')}>
          Edit…
        </MenuItem>
      )}
      {actions.includes('renew') && (
        <MenuItem icon={RefreshCw} onSelect={() => act('renew')}>
          New token…
        </MenuItem>
      )}
      {actions.includes('unassign') && (
        <MenuItem icon={Unlink} onSelect={() => act('unassign')}>
          Take from this project
        </MenuItem>
      )}
      {actions.includes('delete') && (
        <>
          <MenuSeparator />
          <MenuItem icon={Trash2} danger onSelect={() => act('delete')}>
            Delete…
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
