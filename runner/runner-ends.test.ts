import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { checksum, ProtocolServer, type ServedJob } from './testing/protocol-server.ts';
import { nextId } from './testing/runner-of-server.ts';
import { isRunning, modes, RunnerProcess, until } from './testing/runner-process.ts';
import { afterScript, ended, last, log, NO_GIT, script } from './testing/served-job.ts';

describe.each(modes())('a runner that ends, $name', (mode) => {
  const server = new ProtocolServer();
  const own: RunnerProcess[] = [];

  async function begin(line: string): Promise<{ job: ServedJob; mine: RunnerProcess }> {
    const mine = new RunnerProcess(mode);
    own.push(mine);
    mine.start(server.url);
    const job = server.enqueue(nextId(), {
      variables: [NO_GIT],
      steps: [script('echo begun', line), afterScript('echo unreachable')],
    });
    await until('the script has begun', () => log(job).includes('begun\n'));
    return { job, mine };
  }

  beforeAll(async () => await server.listen());
  afterEach(async () => {
    // A runner that lived on would take the next test's job.
    for (const each of own.splice(0)) await each.remove();
  });
  afterAll(async () => await server.close());

  test('on SIGTERM reports its jobs as interrupted, before its time to tell of them is over', async () => {
    const { job, mine } = await begin("trap '' TERM; sleep 71.1; sleep 71.1");
    expect(await mine.stop('SIGTERM')).toBe(0);
    expect(last(job)).toMatchObject({ state: 'failed', failure_reason: 'runner_interrupted' });
    expect(log(job)).toContain('the runner was stopped');
    expect(log(job)).not.toContain('\nunreachable');
    expect(isRunning('sleep 71.1')).toBe(false);
  });

  test('with its parent, whose channel closes, ends too', async () => {
    const { job, mine } = await begin('sleep 72.1');
    mine.child?.disconnect();
    await until('the runner has ended', () => mine.child?.exitCode === 0);
    expect(last(job)).toMatchObject({ failure_reason: 'runner_interrupted' });
  });

  test('by kill -9 has its processes killed and its jobs reported by the next one, before it asks for work', async () => {
    const { job, mine } = await begin('(setsid sleep 73.1 &); sleep 73.1');
    await mine.stop('SIGKILL');
    expect(isRunning('sleep 73.1')).toBe(true);
    let stillThere: boolean | undefined;
    server.trouble = (request) => {
      if (request.url?.endsWith('/jobs/request')) stillThere ??= isRunning('sleep 73.1');
      return undefined;
    };
    mine.start(server.url);
    await ended(job);
    await until('it asks for work', () => stillThere !== undefined);
    server.trouble = () => undefined;
    expect(stillThere).toBe(false);
    expect(last(job)).toMatchObject({ state: 'failed', failure_reason: 'runner_interrupted' });
    expect(last(job)).toMatchObject({
      output: { checksum: checksum(job.trace), bytesize: job.trace.length },
    });
    await until('the record is gone', () => mine.records === '');
  });

  test('while the server is away has its jobs reported by the next one', async () => {
    const { job, mine } = await begin('sleep 74.1');
    server.trouble = () => 'cut';
    await mine.stop('SIGTERM');
    expect(job.status).toBe('running');
    server.trouble = () => undefined;
    mine.start(server.url);
    await ended(job);
    expect(last(job)).toMatchObject({ failure_reason: 'runner_interrupted' });
  });

  test('and one that starts meanwhile never share a state folder', async () => {
    const { job, mine } = await begin('sleep 75.1');
    const first = mine.child;
    mine.start(server.url);
    await ended(job);
    expect(last(job)).toMatchObject({ failure_reason: 'runner_interrupted' });
    await until('the first runner has ended', () => first?.exitCode === 0);
  });
});
