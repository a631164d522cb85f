import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import { api, dataOf } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useToasts } from '../../ui/toasts.tsx';
import { type Attempt, attemptsQuery, type Job, jobQuery, type Variable } from './queries.ts';

export type Act =
  | { act: 'play' | 'retry'; variables: Variable[] | null }
  | { act: 'cancel' | 'force_cancel' | 'erase' | 'keep_artifacts' };

const DONE: Partial<Record<Act['act'], string>> = {
  erase: 'The log and the artifacts are erased.',
  keep_artifacts: 'The artifacts are kept.',
};

/** What is done to the job: shown before the server has answered, and taken back when it refuses. */
export function useJobActions(fullPath: string, job: Job) {
  const client = useQueryClient();
  const toasts = useToasts();
  const [, navigate] = useLocation();
  const jobKey = jobQuery(fullPath, job.id).queryKey;
  const attemptsKey = attemptsQuery(fullPath, job.pipeline.id, job.id).queryKey;

  return useMutation({
    mutationFn: (act: Act) => send(fullPath, job.id, act),
    onMutate: async (act) => {
      await client.cancelQueries({ queryKey: jobKey });
      const before = { job: client.getQueryData(jobKey), attempts: client.getQueryData(attemptsKey) };
      const status = foreseen(act, job);
      if (status !== null) {
        client.setQueryData(jobKey, (known) => known && { ...known, status });
        client.setQueryData(attemptsKey, (known) => known?.map((each) => changed(each, job.id, status)));
      }
      return before;
    },
    onError: (error, _act, before) => {
      client.setQueryData(jobKey, before?.job);
      client.setQueryData(attemptsKey, before?.attempts);
      toasts.problem(error);
    },
    onSuccess: (reply, { act }) => {
      const done = DONE[act];
      if (done !== undefined) toasts.done(done);
      if (reply.id === job.id) return;
      navigate(addresses.job(fullPath, reply.id));
      toasts.done(`Job ${reply.id} runs ${job.name} again.`);
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.job(fullPath, job.id) }),
        client.invalidateQueries({ queryKey: keys.pipeline(fullPath, job.pipeline.id) }),
      ]),
  });
}

/** The status to expect; null where that is not plain. */
function foreseen({ act }: Act, job: Job): Job['status'] | null {
  if (act === 'play') return 'pending';
  if (act === 'force_cancel') return 'canceled';
  if (act === 'cancel') return job.status === 'running' ? 'canceling' : 'canceled';
  return null;
}

const changed = (attempt: Attempt, id: number, status: string): Attempt =>
  attempt.id === id ? { ...attempt, status: status as Attempt['status'], actions: [] } : attempt;

async function send(fullPath: string, id: number, act: Act): Promise<{ id: number }> {
  const params = { path: { id: fullPath, job_id: id } };
  switch (act.act) {
    case 'play':
    case 'retry': {
      const body = act.variables === null ? {} : { job_variables_attributes: act.variables };
      return act.act === 'play'
        ? dataOf(api.POST('/api/v4/projects/{id}/jobs/{job_id}/play', { params, body }))
        : dataOf(api.POST('/api/v4/projects/{id}/jobs/{job_id}/retry', { params, body }));
    }
    case 'cancel':
    case 'force_cancel': {
      const body = { force: act.act === 'force_cancel' };
      return dataOf(api.POST('/api/v4/projects/{id}/jobs/{job_id}/cancel', { params, body }));
    }
    case 'erase':
      return dataOf(api.POST('/api/v4/projects/{id}/jobs/{job_id}/erase', { params }));
    case 'keep_artifacts':
      return dataOf(api.POST('/api/v4/projects/{id}/jobs/{job_id}/artifacts/keep', { params }));
  }
}
