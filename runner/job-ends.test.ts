import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runnerOfServer } from './testing/runner-of-server.ts';
import { isRunning, modes, until } from './testing/runner-process.ts';
import { afterScript, ended, last, log, NO_GIT, script, variable } from './testing/served-job.ts';

describe.each(modes())('a job that is ended, $name', (mode) => {
  const { runner, enqueue } = runnerOfServer(mode);

  test.concurrent('a graceful cancel ends the script, runs after_script and reports the job', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      steps: [script('echo begun', 'sleep 61.1'), afterScript('echo "status: $CI_JOB_STATUS"')],
      artifacts: [{ name: 'kept', paths: ['*'], when: 'always' }],
    });
    await until('the script has begun', () => log(job).includes('begun\n'));
    job.status = 'canceling';
    await ended(job);
    expect(job.status).toBe('canceled');
    expect(last(job)).toMatchObject({ state: 'failed', failure_reason: 'unknown_failure' });
    expect(log(job)).toContain('status: canceled\n');
    expect(isRunning('sleep 61.1')).toBe(false);
  });

  test.concurrent('a script that ignores SIGTERM is killed after the grace', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      steps: [script("trap '' TERM", 'echo begun', 'sleep 62.1', 'sleep 62.1')],
    });
    await until('the script has begun', () => log(job).includes('begun\n'));
    job.status = 'canceling';
    await ended(job);
    expect(isRunning('sleep 62.1')).toBe(false);
  });

  test.concurrent('a hard cancel kills the job, and nothing is reported any more', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      steps: [
        script('echo begun', "trap '' TERM", 'setsid sleep 63.1 & sleep 63.1'),
        afterScript('touch /tmp/unreachable; echo after'),
      ],
    });
    await until('the script has begun', () => log(job).includes('begun\n'));
    job.status = 'canceled';
    await until('the processes are gone', () => !isRunning('sleep 63.1'));
    expect(Date.now() - (job.refused_at ?? 0)).toBeLessThan(1500);
    await sleep(500);
    expect(job.updates.filter(({ state }) => state !== 'running')).toEqual([]);
    expect(log(job)).not.toContain('after\n');
    await until('the record is gone', () => !runner.records.includes(job.token));
  });

  test.concurrent('a job that outlives its timeout is ended and says so', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      runner_info: { timeout: 1 },
      steps: [script('sleep 64.1'), afterScript('echo unreachable')],
    });
    await ended(job);
    expect(last(job)).toMatchObject({ state: 'failed', failure_reason: 'job_execution_timeout' });
    expect(log(job)).toContain('timeout of 1 s');
    expect(log(job)).not.toContain('\nunreachable');
    expect(isRunning('sleep 64.1')).toBe(false);
  });

  test.concurrent('RUNNER_SCRIPT_TIMEOUT leaves time for after_script', async () => {
    const job = enqueue({
      variables: [
        NO_GIT,
        variable('RUNNER_SCRIPT_TIMEOUT', '1s'),
        variable('RUNNER_AFTER_SCRIPT_TIMEOUT', '1s'),
      ],
      steps: [script('sleep 65.1'), afterScript('echo "status: $CI_JOB_STATUS"', 'sleep 65.1')],
    });
    await ended(job);
    expect(last(job)).toMatchObject({ state: 'failed', failure_reason: 'job_execution_timeout' });
    expect(log(job)).toContain('status: timedout\n');
    expect(log(job)).toContain('after_script failed: it took longer than 1 s');
  });

  test.concurrent('a job does not wait for its background processes, and they end with it', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      steps: [
        script('(setsid sleep 66.1 &) ; sleep 66.1 &', 'echo done'),
        afterScript('pgrep -f "sleep 66.1" >/dev/null && echo alive'),
      ],
    });
    await ended(job);
    expect(job.status).toBe('success');
    expect(log(job)).toContain('alive\n');
    expect(isRunning('sleep 66.1')).toBe(false);
  });
});
