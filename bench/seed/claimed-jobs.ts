import type { JobPayload } from '../../test/support/simulated-runner.ts';
import type { LeanRunner } from '../frame/lean-runner.ts';
import { OURS, parallelJob, type Yard } from './yard.ts';

export interface ClaimedJob {
  runner: LeanRunner;
  job: JobPayload;
}

/** So many jobs that run on one runner; what they leave is up to the caller. */
export async function claimJobs(yard: Yard, count: number): Promise<ClaimedJob[]> {
  const [runner] = await yard.runners(1);
  if (!runner) throw new Error('no runner');
  const parts = Array.from({ length: Math.ceil(count / 100) }, (_, part) =>
    parallelJob(`part ${part}`, Math.min(100, count), OURS),
  );
  await yard.configure('main', parts.join(''));
  await yard.createPipeline('main');
  const claimed: ClaimedJob[] = [];
  while (claimed.length < count) {
    const { job, status } = await runner.request();
    if (!job) throw new Error(`no job: ${status}`);
    await runner.running(job);
    claimed.push({ runner, job });
  }
  return claimed;
}
