import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { RunBody } from './form.ts';

/** The form of a new pipeline for this ref; `inputs` decide the rules of others. */
export const runFormQuery = (fullPath: string, ref: string, inputs: Record<string, string>) =>
  queryOptions({
    queryKey: keys.repository(fullPath, 'run-form', ref, inputs),
    queryFn: () =>
      dataOf(
        api.GET('/api/v4/projects/{id}/ci/run_form', {
          params: { path: { id: fullPath }, query: { ref, inputs } },
        }),
      ),
    enabled: ref !== '',
    // While rules are decided anew, the form stays.
    placeholderData: (previous) => (previous?.ref === ref ? previous : undefined),
  });

export const runPipeline = (fullPath: string, body: RunBody) =>
  dataOf(api.POST('/api/v4/projects/{id}/pipeline', { params: { path: { id: fullPath } }, body }));
