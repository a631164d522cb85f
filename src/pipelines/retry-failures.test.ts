import { describe, expect, test } from 'vitest';
import { FAILURE_REASONS } from '../jobs/failure-reason.ts';
import { retriesAfter } from './retry-failures.ts';

const after = (failure_reason: string, retry: object, exit_code: number | null = null) =>
  retriesAfter({ max: 1, when: [], exit_codes: [], ...retry }, { failure_reason, exit_code });

const matching = (name: string) => FAILURE_REASONS.filter((reason) => after(reason, { when: [name] }) === 1);

describe('how often a job is run again by itself', () => {
  test('is what it says, after a reason that it names', () => {
    expect(after('script_failure', { max: 2, when: ['script_failure'] })).toBe(2);
    expect(after('script_failure', { max: 2, when: ['api_failure', 'runner_system_failure'] })).toBe(0);
  });

  test('is the same for any reason with `always`, but for those that another try cannot mend', () => {
    const never = FAILURE_REASONS.filter((reason) => after(reason, { when: ['always'] }) === 0);
    expect(never).toEqual([
      'missing_dependency_failure',
      'archived_failure',
      'forward_deployment_failure',
      'user_blocked',
      'project_deleted',
      'ci_quota_exceeded',
      'no_matching_runner',
      'builds_disabled',
      'environment_creation_failure',
      'deployment_rejected',
      'failed_outdated_deployment_job',
    ]);
  });

  test('counts an exit code that it names, besides its reasons', () => {
    const retry = { when: ['api_failure'], exit_codes: [3, 255] };
    expect(after('script_failure', retry, 255)).toBe(1);
    expect(after('script_failure', retry, 4)).toBe(0);
    expect(after('script_failure', retry)).toBe(0);
    expect(after('api_failure', retry, 4)).toBe(1);
  });

  test('knows the reasons of old that were split since', () => {
    expect(matching('stuck_or_timeout_failure')).toEqual([
      'stuck_or_timeout_failure',
      'stuck_pending_with_matching_runners',
      'stuck_pending_no_matching_runners',
      'no_updates_running',
      'no_updates_canceling',
    ]);
    expect(matching('job_execution_timeout')).toEqual([
      'job_execution_timeout',
      'server_timeout_running',
      'server_timeout_canceling',
    ]);
    expect(matching('no_updates_running')).toEqual(['no_updates_running']);
  });

  test('is twice after a failure of the scheduler, unless the job says otherwise of it', () => {
    expect(after('scheduler_failure', { max: 0 })).toBe(2);
    expect(after('scheduler_failure', { max: 1, when: ['scheduler_failure'] })).toBe(1);
    expect(after('runner_system_failure', { max: 0 })).toBe(0);
  });
});
