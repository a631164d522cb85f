import { useLocation } from 'wouter';
import { addresses } from '../../address/addresses.ts';
import { api, dataOf } from '../../api/client.ts';
import { foreseen } from '../../api/foreseen.ts';
import { keys } from '../../api/keys.ts';
import { useAction } from '../../ui/use-action.ts';
import { type ActName, attemptAfter, jobAfter } from './after-act.ts';
import { attemptsQuery, type Job, jobQuery, type Variable } from './queries.ts';

export type Act =
  { act: 'play' | 'retry'; variables: Variable[] | null } | { act: Exclude<ActName, 'play' | 'retry'> };

const DONE: Partial<Record<ActName, string>> = {
  erase: 'The log and the artifacts are erased.',
  keep_artifacts: 'The artifacts are kept.',
};

/** What is done to the job. `refused` hears what was not. */
export function useJobActions(fullPath: string, job: Job, refused: (act: Act) => void = () => {}) {
  const { id, name, pipeline } = job;
  const [, navigate] = useLocation();
  return useAction({
    act: (act: Act) => send(fullPath, id, act),
    foresee: ({ act }) => [
      foreseen(jobQuery(fullPath, id).queryKey, (known) => jobAfter(known, act)),
      foreseen(attemptsQuery(fullPath, pipeline.id, id).queryKey, (known) =>
        known.map((each) => (each.id === id ? attemptAfter(each, act) : each)),
      ),
    ],
    done: ({ act }, reply) => (reply.id === id ? DONE[act] : `Job ${reply.id} runs ${name} again.`),
    followUp: (_act, reply) => {
      if (reply.id !== id) navigate(addresses.job(fullPath, reply.id));
    },
    refused,
    stale: () => [keys.job(fullPath, id), keys.pipeline(fullPath, pipeline.id)],
  });
}

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
