import type { RetrySpec } from '../ci/plan.ts';
import type { FailureReason } from '../jobs/failure-reason.ts';
import { type Job, readJobSpecs } from '../jobs/job-store.ts';
import { enqueueClone } from './enqueue-clone.ts';
import type { Follower } from './follow-changes.ts';

/**
 * Runs a failed job again by itself, as often and after what its `retry` says, as the same user's job. A
 * canceled job has not failed.
 */
export const retryFailures: Follower = async (tx, _pipeline, jobs, now) => {
  const failed = jobs.filter((job) => job.status === 'failed' && job.retried === 0);
  const specs = await readJobSpecs(tx, failed);
  for (const job of failed) {
    const retry = specs.get(job.id)?.retry;
    if (!retry || job.retries_count >= retriesAfter(retry, job)) continue;
    await enqueueClone(tx, job, { user_id: job.user_id }, now);
    // Those who follow are told that this failure is not the end of it.
    job.retried = 1;
  }
};

/** What another try cannot mend. */
const NEVER = [
  'ci_quota_exceeded',
  'no_matching_runner',
  'missing_dependency_failure',
  'forward_deployment_failure',
  'failed_outdated_deployment_job',
  'deployment_rejected',
  'environment_creation_failure',
  'archived_failure',
  'user_blocked',
  'project_deleted',
  'builds_disabled',
] as const satisfies FailureReason[];

/** Tries for a job that names none. */
const BY_DEFAULT: Partial<Record<FailureReason, number>> = {
  scheduler_failure: 2,
  runner_provisioning_timeout: 2,
};

/** Reasons that were split since configurations name them. */
const OLD_NAMES: Partial<Record<FailureReason, string>> = {
  stuck_pending_with_matching_runners: 'stuck_or_timeout_failure',
  stuck_pending_no_matching_runners: 'stuck_or_timeout_failure',
  no_updates_running: 'stuck_or_timeout_failure',
  no_updates_canceling: 'stuck_or_timeout_failure',
  server_timeout_running: 'job_execution_timeout',
  server_timeout_canceling: 'job_execution_timeout',
};

/** How often a job may be run again that failed like this. */
export function retriesAfter(
  retry: RetrySpec,
  { failure_reason, exit_code }: Pick<Job, 'failure_reason' | 'exit_code'>,
): number {
  const reason = (failure_reason ?? 'unknown_failure') as FailureReason;
  if (NEVER.some((one) => one === reason)) return 0;
  const names = [reason, OLD_NAMES[reason], 'always'];
  const isNamed =
    names.some((name) => name !== undefined && retry.when.includes(name)) ||
    (exit_code !== null && retry.exit_codes.includes(exit_code));
  return isNamed ? retry.max : (BY_DEFAULT[reason] ?? 0);
}
