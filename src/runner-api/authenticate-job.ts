import { digestToken, tokenMatches } from '../access/token.ts';
import type { Transaction } from '../db/database.ts';
import { ApiError, apiError } from '../errors.ts';
import { isExecuting } from '../jobs/job-state.ts';
import { findRunnerJob, holdRunnerJob, type RunnerJob } from '../jobs/runner-job-store.ts';
import { lockPipeline } from '../pipelines/process-store.ts';
import type { Parts } from '../parts.ts';

/** Jobs whose runners are remembered. */
const REMEMBERED = 10_000;

/**
 * Tells the runner's job from its token. A token is worth nothing once its job has ended, and its digest is
 * gone from the database then; but whoever held it is still told in `Job-Status` what became of the job,
 * by the digests remembered here.
 */
export class JobAuthenticator {
  readonly #parts: Pick<Parts, 'db' | 'hearing' | 'limits'>;
  readonly #digests = new Map<number, string>();

  constructor(parts: Pick<Parts, 'db' | 'hearing' | 'limits'>) {
    this.#parts = parts;
  }

  /**
   * The job, which is executing, or was handed out and waits to be acknowledged (`pending`).
   * @throws 403 otherwise
   */
  async authenticate(id: number, token: string): Promise<RunnerJob> {
    const { db } = this.#parts;
    const job = await findRunnerJob(db.read, id);
    if (!job) throw apiError('forbidden');
    if (job.token_digest === null || !tokenMatches(token, job.token_digest)) throw this.#refusal(job, token);
    const isHeld = job.status === 'pending' && (job.acknowledge_until ?? 0) > this.lateBy();
    if (!isHeld && !isExecuting(job.status)) throw this.#refusal(job, token);
    this.#remember(id, job.token_digest);
    return job;
  }

  /**
   * For what a runner brings over a while, in the transaction that stores it: the job is executing, with this token, and
   * stays so until the transaction ends.
   * @throws 403 with what became of the job
   */
  async hold(tx: Transaction, { id, pipeline_id }: RunnerJob, token: string): Promise<void> {
    // Before the job's row, as whoever changes or deletes a job takes them.
    await lockPipeline(tx, pipeline_id);
    const job = await holdRunnerJob(tx, id);
    if (!job) throw apiError('forbidden');
    const isIts = job.token_digest !== null && tokenMatches(token, job.token_digest);
    if (!isIts || !isExecuting(job.status)) throw this.#refusal(job, token);
  }

  /** Hand-outs that should have been acknowledged by this time have lapsed. */
  lateBy(): number {
    return this.#parts.hearing.lateBy(this.#parts.limits.job_acknowledge);
  }

  /** What became of the job meanwhile, as a refusal: for a call that came too late. */
  async tooLate(id: number, token: string): Promise<ApiError> {
    const job = await findRunnerJob(this.#parts.db.read, id);
    return job ? this.#refusal(job, token) : apiError('forbidden');
  }

  #refusal(job: RunnerJob, token: string): ApiError {
    const digest = this.#digests.get(job.id);
    if (digest === undefined || !tokenMatches(token, digest)) return apiError('forbidden');
    // A job that went back into the queue is nobody's yet, or another's.
    if (job.status === 'pending' || (job.token_digest !== null && job.token_digest !== digestToken(token)))
      return apiError('forbidden');
    const { status, body } = apiError('forbidden_because', 'Job is not running');
    return new ApiError(status, body, { 'Job-Status': job.status });
  }

  #remember(id: number, digest: string): void {
    if (this.#digests.get(id) === digest) return;
    this.#digests.set(id, digest);
    if (this.#digests.size <= REMEMBERED) return;
    const [oldest] = this.#digests.keys();
    if (oldest !== undefined) this.#digests.delete(oldest);
  }
}
