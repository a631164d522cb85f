import { useQueryClient } from '@tanstack/react-query';
import type { Page } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useAction } from '../../ui/use-action.ts';
import { type Action, cancelPipeline, type Pipeline, type pipelinesQuery, retryPipeline } from './queries.ts';

/** Cancels a pipeline of the list that is shown, or runs it again: seen at once, and taken back when it is refused. */
export function usePipelineAct(fullPath: string, { queryKey }: ReturnType<typeof pipelinesQuery>) {
  const client = useQueryClient();
  return useAction<{ action: Action; pipeline: Pipeline }>({
    act: ({ action, pipeline: { id } }) =>
      action === 'retry' ? retryPipeline(fullPath, id) : cancelPipeline(fullPath, id),
    done: ({ action, pipeline: { id } }) =>
      action === 'retry' ? `Pipeline ${id} runs again` : `Pipeline ${id} is being canceled`,
    stale: keys.pipelines(fullPath),
    foresee: ({ action, pipeline: { id } }) => {
      const before = client.getQueryData(queryKey);
      client.setQueryData(queryKey, (list) => list && withActed(list, id, action));
      return () => client.setQueryData(queryKey, before);
    },
  });
}

/** The pipeline as it will most likely be; what can be done with it then, the server says. */
const withActed = (list: Page<Pipeline>, id: number, action: Action): Page<Pipeline> => ({
  ...list,
  items: list.items.map((one): Pipeline => {
    if (one.id !== id) return one;
    const status = action === 'retry' ? 'pending' : one.status === 'running' ? 'canceling' : 'canceled';
    return { ...one, status, actions: [] };
  }),
});
