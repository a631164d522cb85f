import type { FailureReason } from './failure-reason.ts';
import type { Dependency, HandOut } from './hand-out-store.ts';
import { declares, type JobSpec } from './job-store.ts';

/**
 * Why a pending job must fail instead of being handed out, null when it may run. `features` is what the
 * runner that would get it declares.
 */
export function refusalOf(handOut: HandOut, features: string, now: number): FailureReason | null {
  const { project, spec } = handOut;
  if (project.deleted_at !== null) return 'project_deleted';
  if (project.archived === 1) return 'archived_failure';
  if (project.builds_access_level === 'disabled') return 'builds_disabled';
  if (handOut.user_state === 'blocked') return 'user_blocked';
  if (handOut.lacksDependency) return 'missing_dependency_failure';
  if (handOut.dependencies.some((dependency) => isLost(dependency, now))) return 'missing_dependency_failure';
  if (neededFeatures(spec).some((feature) => !declares(features, feature))) return 'runner_unsupported';
  return null;
}

/** What a runner must be able to do to run the job as it is written. */
function neededFeatures(spec: JobSpec): string[] {
  const needed: [feature: string, isNeeded: boolean][] = [
    ['artifacts_exclude', (spec.artifacts?.exclude ?? []).length > 0],
    ['upload_multiple_artifacts', spec.reports.length > 0],
    ['return_exit_code', spec.allow_failure_exit_codes.length > 0 || spec.retry.exit_codes.length > 0],
    ['fallback_cache_keys', spec.cache.some(({ fallback_keys }) => fallback_keys.length > 0)],
    ['multi_build_steps', spec.release !== undefined],
    // Neither what stands in the place of inputs is filled in by a runner that knows nothing of them.
    ['job_inputs', (spec.inputs ?? []).length > 0],
    // A runner that knows nothing of these steps would run none of them, and call it a success.
    ['native_steps_integration', (spec.run ?? []).length > 0],
  ];
  return needed.flatMap(([feature, isNeeded]) => (isNeeded ? feature : []));
}

/** The job had artifacts, and they are gone: erased, or expired and not kept, whether removed by now or not. */
function isLost(dependency: Dependency, now: number): boolean {
  const { erased_at, artifacts_expire_at, archive } = dependency;
  if (erased_at !== null) return true;
  if (archive !== null) return !isAvailable(dependency, now);
  return artifacts_expire_at !== null && artifacts_expire_at <= now;
}

/** Whether a runner can fetch the archive now. */
export function isAvailable({ erased_at, archive }: Dependency, now: number): boolean {
  if (erased_at !== null || archive === null) return false;
  return archive.locked_ref !== null || archive.expire_at === null || archive.expire_at > now;
}
