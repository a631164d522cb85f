import { useQuery } from '@tanstack/react-query';
import { keys } from '../../api/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Name, Names } from '../../ui/name.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Skeleton } from '../../ui/note.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import { assignRunner, ownRunnersQuery, presentRunnersQuery } from './queries.ts';
import { RunnerStatus } from './runner-status.tsx';
import css from './runners.module.css';

interface Props {
  fullPath: string;
  onClose: () => void;
}

/** Gives the project a runner of another project that the person looks after. */
export function AssignRunner({ fullPath, onClose }: Props) {
  const own = useQuery(ownRunnersQuery);
  // Of all that the project has, by whatever the list behind is narrowed.
  const there = useQuery(presentRunnersQuery(fullPath));
  const present = new Set(there.data);
  // Where it will stand in the list, by whatever that is narrowed, the server says: the button is under way until then.
  const assign = useAction({
    act: (id: number) => assignRunner(fullPath, id),
    done: (id) => `Runner ${id} runs jobs of this project now`,
    stale: () => [keys.anyRunners],
  });
  const failed = [own, there].find(({ isError }) => isError);
  const others = (there.data ? own.data : undefined)?.filter(
    ({ id, runner_type, locked, actions }) =>
      runner_type === 'project_type' && !locked && actions.includes('update') && !present.has(id),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Use a runner of another project"
      description="Of the projects that you maintain, those that are not locked to theirs."
      actions={<Button onClick={onClose}>Done</Button>}
    >
      {(own.isPending || there.isPending) && <Skeleton lines={3} />}
      {failed?.error && <Problem error={failed.error} retry={() => void failed.refetch()} />}
      {others?.length === 0 && <p className={css.muted}>There is none.</p>}
      <ul className={css.choices}>
        {others?.map((runner) => (
          <li key={runner.id} className={css.head}>
            <RunnerStatus status={runner.status} />
            <span className={css.name}>
              <Name text={runner.description || `Runner ${runner.id}`} />
            </span>
            <span className={css.muted}>
              <Names of={runner.tag_list} />
            </span>
            <div className={css.actions}>
              <Button
                size="small"
                busy={assign.isUnderWay((id) => id === runner.id)}
                onClick={() => assign.run(runner.id)}
              >
                Assign
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
