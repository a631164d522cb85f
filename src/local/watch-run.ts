import { relative } from 'node:path';
import type { Interrupt } from './interrupt.ts';
import type { Kept, Results } from './keep-results.ts';
import { isCalled } from './pick-jobs.ts';
import type { PrivateServer } from './private-server.ts';
import type { RunFlags } from './run-flags.ts';
import type { View } from './view.ts';
import { isFailure, isSettled, titleOf, type WatchedJob } from './watched-job.ts';
import { type Outcome, watchPipeline } from './watch-pipeline.ts';

const SUCCEEDED = 0;
const FAILED = 1;

/** What a run is watched with. */
export interface Watching {
  flags: RunFlags;
  view: View;
  results: Results;
  interrupt: Interrupt;
  here: string;
}

/** Watches the pipeline to its end, starts what was named, and cancels it when asked to. Null: somebody would not wait for its end. */
export async function watchRun(
  { api, project }: PrivateServer,
  pipeline: number,
  { flags, view, results, interrupt, here }: Watching,
): Promise<Outcome | null> {
  const named = [...flags.jobs, ...flags.manual];
  const played = new Set<number>();
  let hasPlayed = false;
  const isDue = ({ id, name, status }: WatchedJob) =>
    (status === 'manual' || status === 'scheduled') &&
    !interrupt.canceled.aborted &&
    !played.has(id) &&
    named.some((wanted) => isCalled(name, wanted));
  const keep = async (job: WatchedJob): Promise<Kept> => {
    try {
      return await results.keep(job);
    } catch (error) {
      view.note(`WARNING: What ${titleOf(job)} left could not be kept: ${String(error)}`);
      return results.of(job);
    }
  };
  const cancel = () => {
    view.note('Canceling: what each job does afterwards still runs. Ctrl-C once more ends all at once.');
    api.post(`/projects/${project.id}/pipelines/${pipeline}/cancel`).catch((error: unknown) => {
      view.note(`The pipeline could not be canceled: ${String(error)}`);
    });
  };
  if (interrupt.canceled.aborted) cancel();
  else interrupt.canceled.addEventListener('abort', cancel, { once: true });
  const watched = watchPipeline(
    api,
    project.id,
    pipeline,
    {
      said: (job, lines) => view.said(job, lines),
      looked: (all) => view.looked(all),
      async changed(job) {
        const { log } = isSettled(job.status) ? await keep(job) : { log: null };
        if (isDue(job)) {
          played.add(job.id);
          hasPlayed = true;
          await api.post(`/projects/${project.id}/jobs/${job.id}/play`);
        } else view.changed(job, log === null ? null : relative(here, log));
      },
    },
    // What was started just now is not yet seen to move.
    () => {
      const goesOn = hasPlayed;
      hasPlayed = false;
      return goesOn;
    },
  );
  const ended = new Promise<null>((resolve) => {
    interrupt.ended.addEventListener('abort', () => resolve(null), { once: true });
  });
  // What is under way when nobody waits any more fails with its server.
  watched.catch(() => {});
  return await Promise.race([watched, ended]);
}

/** A job that was named must succeed, though its pipeline would let it fail. */
export function exitCode({ status, jobs }: Outcome, { jobs: wanted, manual }: RunFlags): number {
  const latest = jobs.filter(({ retried }) => !retried);
  const isNamed = ({ name }: WatchedJob) => [...wanted, ...manual].some((each) => isCalled(name, each));
  const isWrong = latest.some(
    (job) =>
      (job.status === 'failed' && isNamed(job)) ||
      // The pipeline itself may wait for somebody who starts another.
      (isFailure(job) && job.above.length === 0) ||
      // A child that nobody waits for.
      (job.status === 'success' && job.downstream?.status === 'failed'),
  );
  return isWrong || status === 'failed' || status === 'canceled' ? FAILED : SUCCEEDED;
}
