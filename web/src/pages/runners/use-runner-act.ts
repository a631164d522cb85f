import type { Page } from '../../api/client.ts';
import { foreseen, withChanged, without } from '../../api/foreseen.ts';
import { keys } from '../../api/keys.ts';
import type { RunnerAtWork } from '../../api/schema.ts';
import { useAction } from '../../ui/use-action.ts';
import { changeRunner, deleteRunner, unassignRunner } from './queries.ts';

export interface Act {
  action: 'pause' | 'resume' | 'unassign' | 'delete';
  runner: RunnerAtWork;
}

/**
 * Pauses a runner of the list that is shown, resumes it, deletes it or takes it from the project.
 * @param queryKey of the list
 */
export function useRunnerAct(fullPath: string, queryKey: readonly unknown[]) {
  return useAction({
    act: ({ action, runner: { id } }: Act): Promise<unknown> => {
      if (action === 'delete') return deleteRunner(id);
      if (action === 'unassign') return unassignRunner(fullPath, id);
      return changeRunner(id, { paused: action === 'pause' });
    },
    foresee: ({ action, runner }) => [
      foreseen(queryKey, (list: Page<RunnerAtWork>) => {
        const isIt = isSame(runner);
        if (action === 'delete' || action === 'unassign') return without(list, isIt);
        return withChanged(list, isIt, (one) => withPaused(one, action === 'pause'));
      }),
    ],
    done: ({ action, runner }) =>
      action === 'delete' ? `${runner.description || `Runner ${runner.id}`} is deleted` : undefined,
    stale: () => [keys.anyRunners],
  });
}

const isSame = (one: RunnerAtWork) => (other: RunnerAtWork) => one.id === other.id;

function withPaused(runner: RunnerAtWork, paused: boolean): RunnerAtWork {
  // Of one that has not called, that is what its status says.
  const hasCalled = ['online', 'offline', 'paused'].includes(runner.status);
  const status = !hasCalled ? runner.status : paused ? 'paused' : runner.online ? 'online' : 'offline';
  return { ...runner, paused, active: !paused, status };
}
