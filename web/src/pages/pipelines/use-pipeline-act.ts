import { foreseen, withChanged } from '../../api/foreseen.ts';
import { keys } from '../../api/keys.ts';
import { statusAfter } from '../../api/status-after.ts';
import { useAction } from '../../ui/use-action.ts';
import { type Action, cancelPipeline, type Pipeline, type pipelinesQuery, retryPipeline } from './queries.ts';

/** Cancels a pipeline of the list that is shown, or runs it again. */
export function usePipelineAct(fullPath: string, { queryKey }: ReturnType<typeof pipelinesQuery>) {
  return useAction({
    act: ({ action, pipeline: { id } }: { action: Action; pipeline: Pipeline }) =>
      action === 'retry' ? retryPipeline(fullPath, id) : cancelPipeline(fullPath, id),
    foresee: ({ action, pipeline: { id } }) => [
      foreseen(queryKey, (list) =>
        withChanged(
          list,
          (one) => one.id === id,
          // What can be done with it then, the server says.
          (one) => ({ ...one, status: statusAfter(one.status, action), actions: [] }),
        ),
      ),
    ],
    done: ({ action, pipeline: { id } }) =>
      action === 'retry' ? `Pipeline ${id} runs again` : `Pipeline ${id} is being canceled`,
    stale: () => [keys.pipelines(fullPath)],
  });
}
