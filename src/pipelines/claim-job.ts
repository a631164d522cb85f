import { createToken, digestToken, PREFIX } from '../access/token.ts';
import { afterCommit, type Database, type Transaction } from '../db/database.ts';
import { announceJobs } from '../jobs/job-changes.ts';
import { changeJob } from '../jobs/change-job.ts';
import { refusalOf } from '../jobs/hand-out.ts';
import {
  type Assignment,
  hasLapsedOffer,
  holdOffer,
  holdUnheard,
  lapse,
  LAPSED,
  lapsedJobs,
  offerJob,
  readHandOut,
  renewOffer,
  withdrawOffer,
} from '../jobs/hand-out-store.ts';
import { enterQueue, hasWaitingJob, leaveQueue, nextInQueue, type QueuedJob } from '../jobs/job-queue.ts';
import { EXECUTING } from '../jobs/job-state.ts';
import type { MatchedRunner } from '../jobs/match-runner.ts';
import { declares, findJobById, type Job } from '../jobs/job-store.ts';
import { isUnchanged, type Runner } from '../runners/runner-store.ts';
import { createTrace } from '../traces/trace-store.ts';
import { changeAndAdvance, runAndAdvance } from './advance-pipeline.ts';
import { lockPipeline } from './process-store.ts';

/** A runner that asks for a job, as it was when it asked. */
export interface ClaimingRunner
  extends MatchedRunner, Pick<Runner, 'token_digest' | 'previous_token_digest'> {
  /** Seconds. */
  maximum_timeout: number | null;
}

/** The machine of the runner that asks. */
export interface ClaimingManager {
  id: number;
  /** JSON object of booleans. */
  features: string;
  /** Where it takes a terminal for the job, encrypted. */
  session?: string;
}

/** A job in the hands of a runner, and the token it works with, which is not stored. */
export interface ClaimedJob {
  job: Job;
  token: string;
}

/** How often a claim tries again when others were faster. */
const TRIES = 50;

/**
 * Gives the runner the first pending job that fits it, to it alone. A runner that acknowledges
 * (`two_phase_job_commit`) has `acknowledgeMs` for that, during which the job stays pending; for any other
 * the job runs from now on, and it has as long to be heard of. Jobs that must not run any more fail on the way.
 * Null: nothing fits, the runner has changed, or it has hung up (`signal`). `lateBy`: offers until then have lapsed.
 */
export async function claimJob(
  db: Database,
  runner: ClaimingRunner,
  manager: ClaimingManager,
  now: number,
  acknowledgeMs: number,
  { signal, lateBy = now }: { signal?: AbortSignal; lateBy?: number } = {},
): Promise<ClaimedJob | null> {
  if (await hasLapsedOffer(db.read, lateBy)) await takeBackOffers(db, now, lateBy);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (!(await hasWaitingJob(db.read, runner))) return null;
    const outcome = await db.write(async (tx) =>
      signal?.aborted ? null : await claimOne(tx, runner, manager, now, acknowledgeMs),
    );
    if (outcome === null || 'job' in outcome) return outcome;
    // Holding nothing while it waits for the pipeline, it holds nobody up.
    if ('busy' in outcome) await db.write((tx) => lockPipeline(tx, outcome.busy));
  }
  return null;
}

type Outcome = ClaimedJob | { busy: number } | { again: true } | null;

async function claimOne(
  tx: Transaction,
  runner: ClaimingRunner,
  manager: ClaimingManager,
  now: number,
  acknowledgeMs: number,
): Promise<Outcome> {
  // Here, where another server that has said of it that it is paused is known to have said so.
  if (!(await isUnchanged(tx, runner))) return null;
  const next = await nextInQueue(tx, runner);
  if (next === null || !('found' in next)) return next;
  const { found } = next;
  const handOut = await readHandOut(tx, found.job_id, now);
  if (handOut?.job.status !== 'pending' || handOut.job.acknowledge_until !== null) {
    // A row that stands for nothing would be found again and again, and hide all those behind it.
    await leaveQueue(tx, [found.job_id]);
    return { again: true };
  }
  const reason = refusalOf(handOut, manager.features, now);
  if (reason !== null) {
    await changeAndAdvance(tx, found.pipeline_id, now, () =>
      changeJob(tx, found.job_id, 'drop', now, { failure_reason: reason }),
    );
    return { again: true };
  }
  const token = createToken(PREFIX.job);
  const assignment = {
    runner_id: runner.id,
    runner_manager_id: manager.id,
    timeout: Math.min(
      handOut.spec.timeout ?? handOut.project.build_timeout,
      runner.maximum_timeout ?? Infinity,
    ),
    token_digest: digestToken(token),
    runner_session: manager.session ?? null,
  };
  const job = declares(manager.features, 'two_phase_job_commit')
    ? await offer(tx, found, assignment, now + acknowledgeMs)
    : await run(tx, found, { ...assignment, acknowledge_until: now + acknowledgeMs }, now);
  return job ? { job, token } : { again: true };
}

async function offer(
  tx: Transaction,
  { job_id }: QueuedJob,
  assignment: Assignment,
  acknowledge_until: number,
): Promise<Job | null> {
  if (!(await offerJob(tx, job_id, assignment, acknowledge_until))) return null;
  await leaveQueue(tx, [job_id]);
  return await findJobById(tx, job_id);
}

async function run(
  tx: Transaction,
  { job_id, pipeline_id }: QueuedJob,
  assignment: Assignment & { acknowledge_until: number },
  now: number,
): Promise<Job | null> {
  return await runAndAdvance(tx, pipeline_id, now, async () => {
    const job = await changeJob(tx, job_id, 'run', now, assignment);
    if (job) await createTrace(tx, job);
    return job;
  });
}

/**
 * The runner that was given the job accepts it: it runs from now on. Null: it is too late, or the job was
 * taken from it; its token is worth nothing then. `lateBy`: offers until then have lapsed.
 */
export async function acknowledgeJob(
  db: Database,
  job: Pick<Job, 'id' | 'pipeline_id'>,
  token: string,
  now: number,
  lateBy = now,
): Promise<Job | null> {
  return await db.write((tx) =>
    runAndAdvance(tx, job.pipeline_id, now, async () => {
      if (!(await holdOffer(tx, job.id, digestToken(token), lateBy))) return null;
      const running = await changeJob(tx, job.id, 'run', now);
      if (running) await createTrace(tx, running);
      return running;
    }),
  );
}

/** The runner that was given the job says that it lives, but has not begun. False: it is too late. */
export async function keepOffer(
  db: Database,
  jobId: number,
  token: string,
  acknowledge_until: number,
  lateBy: number,
): Promise<boolean> {
  return await db.write((tx) => renewOffer(tx, jobId, digestToken(token), acknowledge_until, lateBy));
}

/** Takes back a job whose runner hung up before it could be told. */
export async function giveBack(db: Database, job: Job, now: number): Promise<void> {
  await db.write((tx) => lapse(tx, job));
  await takeBackOffers(db, now, LAPSED);
}

/**
 * Jobs that no runner has acknowledged in time go back into the queue, for any runner. Those that run for a
 * runner that does not acknowledge and was never heard of fail, and are run again: the reply was lost. If they are being
 * canceled, nobody is there to end them: they are canceled. `lateBy`: offers until then have lapsed.
 */
export async function takeBackOffers(db: Database, now: number, lateBy = now): Promise<void> {
  for (const job of await lapsedJobs(db.read, EXECUTING, lateBy))
    await db.write((tx) =>
      changeAndAdvance(tx, job.pipeline_id, now, async () => {
        if (!(await holdUnheard(tx, job.id, lateBy))) return;
        await changeJob(tx, job.id, 'drop', now, { failure_reason: 'runner_provisioning_timeout' });
      }),
    );
  for (const { id, pipeline_id } of await lapsedJobs(db.read, ['pending'], lateBy))
    await db.write(async (tx) => {
      // As everyone: first the pipeline, then its jobs.
      await lockPipeline(tx, pipeline_id);
      const job = await withdrawOffer(tx, id, lateBy);
      if (!job) return;
      await enterQueue(tx, [id], now);
      afterCommit(tx, () => announceJobs([job]));
    });
}
