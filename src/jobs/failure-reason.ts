import { FAILURE_REASONS } from '../ci/failure-reasons.ts';

export { FAILURE_REASONS } from '../ci/failure-reasons.ts';

export type FailureReason = (typeof FAILURE_REASONS)[number];

/** The reason as it is stored: what nobody knows becomes unknown_failure, nothing becomes script_failure. */
export function failureReason(reported: string | null | undefined): FailureReason {
  if (!reported) return 'script_failure';
  return FAILURE_REASONS.find((reason) => reason === reported) ?? 'unknown_failure';
}
