import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checksum, ProtocolServer } from './testing/protocol-server.ts';
import { nextId, runnerOfServer } from './testing/runner-of-server.ts';
import { modes, RunnerProcess, until } from './testing/runner-process.ts';
import { ended, last, log, NO_GIT, script } from './testing/served-job.ts';

describe.each(modes())('a server that does not do as it should, $name', (mode) => {
  const { server, runner, enqueue } = runnerOfServer(mode);

  test('the log goes on at the place the server names after a 416', async () => {
    const job = enqueue({ variables: [NO_GIT], steps: [script('echo one', 'sleep 1.5', 'echo two')] });
    await until('the log has begun', () => log(job).includes('one\n'));
    job.trace = job.trace.subarray(0, 40);
    await ended(job);
    expect(last(job)).toMatchObject({
      output: { checksum: checksum(job.trace), bytesize: job.trace.length },
    });
    expect(log(job)).toContain('two\n');
  });

  test('a job survives a server that is away for a while', async () => {
    const job = enqueue({ variables: [NO_GIT], steps: [script('echo one', 'sleep 2', 'echo two')] });
    await until('the log has begun', () => log(job).includes('one\n'));
    server.trouble = (request) => (request.url?.includes('/jobs/') ? 'cut' : undefined);
    await sleep(3000);
    expect(job.status).toBe('running');
    server.trouble = () => undefined;
    await ended(job);
    expect(job.status).toBe('success');
    expect(last(job)).toMatchObject({ output: { checksum: checksum(job.trace) } });
    const warnings = runner.log.split('\n').filter((line) => line.includes('cannot be reached'));
    expect(warnings.length).toBeLessThanOrEqual(2);
  });

  test('a job that the server does not confirm is not run', async () => {
    const id = nextId();
    server.trouble = (request) => (request.url === `/api/v4/jobs/${id}` ? 409 : undefined);
    const refused = enqueue({ variables: [NO_GIT], steps: [script('true')] }, id);
    const next = enqueue({ variables: [NO_GIT], steps: [script('true')] });
    await ended(next);
    expect(refused.status).toBe('pending');
    expect(server.requests.filter(({ path }) => path === `/api/v4/jobs/${id}/trace`)).toEqual([]);
  });

  test('a log over the limit ends with a notice, and the job goes on', async () => {
    const small = new RunnerProcess(mode);
    onTestFinished(() => small.remove());
    const server2 = new ProtocolServer();
    await server2.listen();
    small.start(server2.url, { JOBYARD_RUNNER_OUTPUT_LIMIT: '2048' });
    const job = server2.enqueue(1, {
      variables: [NO_GIT],
      steps: [script('for i in $(seq 999); do echo "ä $i"; done')],
    });
    await ended(job);
    await small.stop();
    await server2.close();
    expect(job.status).toBe('success');
    expect(log(job)).toMatch(/The log has reached its limit of 2048 bytes/);
    expect(job.trace.length).toBeLessThan(2200);
    expect(log(job)).not.toContain('\ufffd');
  });
});
