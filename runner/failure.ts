export type FailureReason =
  | 'script_failure'
  | 'runner_system_failure'
  | 'job_execution_timeout'
  | 'runner_interrupted'
  | 'image_pull_failure'
  | 'unknown_failure';

/** Why a job failed, in the words of its log and of the protocol. */
export class JobFailure extends Error {
  readonly failure_reason: FailureReason;
  readonly exit_code: number | undefined;

  constructor(message: string, failureReason: FailureReason, exitCode?: number) {
    super(message);
    this.failure_reason = failureReason;
    this.exit_code = exitCode;
  }
}

/** The reason in words that the server understands, going by the list it sent with the job. */
export function knownReason(reason: FailureReason, understood: string[]): FailureReason {
  const always: FailureReason[] = ['script_failure', 'runner_system_failure', 'job_execution_timeout'];
  return always.includes(reason) || understood.includes(reason) ? reason : 'unknown_failure';
}
