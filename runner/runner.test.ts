import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { text } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { checksum, ProtocolServer, type ServedJob } from './testing/protocol-server.ts';
import { modes, RunnerProcess, until } from './testing/runner-process.ts';

let nextId = 100;

function script(...lines: string[]): Record<string, unknown> {
  return { name: 'script', script: lines, when: 'on_success', allow_failure: false };
}

function afterScript(...lines: string[]): Record<string, unknown> {
  return { name: 'after_script', script: lines, when: 'always', allow_failure: true };
}

function variable(key: string, value: string, flags: Record<string, boolean> = {}): Record<string, unknown> {
  return { key, value, ...flags };
}

const NO_GIT = variable('GIT_STRATEGY', 'empty');

function log(job: ServedJob): string {
  return job.trace.toString();
}

function last(job: ServedJob): Record<string, unknown> {
  return job.updates.at(-1) ?? {};
}

async function ended(job: ServedJob): Promise<void> {
  await until(`job ${job.id} has ended; its log is ${log(job)}`, () =>
    ['success', 'failed', 'canceled'].includes(job.status),
  );
}

function isRunning(marker: string): boolean {
  try {
    return execFileSync('ps', ['-eo', 'stat,args'])
      .toString()
      .split('\n')
      .some((line) => line.includes(marker) && !line.startsWith('Z'));
  } catch {
    return false;
  }
}

async function unzip(bytes: Buffer): Promise<Map<string, { mode: number; content: string }>> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  const found = new Map<string, { mode: number; content: string }>();
  for await (const entry of zip.eachEntry()) {
    const content = entry.fileName.endsWith('/') ? '' : await text(await zip.openReadStreamPromise(entry));
    found.set(entry.fileName, { mode: entry.externalFileAttributes >>> 16, content });
  }
  return found;
}

async function zipOf(files: [string, string, number][]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content, mode] of files) zip.addBuffer(Buffer.from(content), name, { mode });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe.each(modes())('$name', (mode) => {
  const server = new ProtocolServer();
  const runner = new RunnerProcess(mode);
  const own: RunnerProcess[] = [];

  beforeAll(async () => {
    await server.listen();
    runner.start(server.url);
  });

  afterEach(() => {
    server.trouble = () => undefined;
  });

  afterAll(async () => {
    for (const each of [runner, ...own]) await each.remove();
    await server.close();
  });

  function enqueue(payload: Record<string, unknown>): ServedJob {
    nextId += 1;
    return server.enqueue(nextId, payload);
  }

  test('a job that succeeds has its whole log and its checksum on the server', async () => {
    const job = enqueue({ variables: [NO_GIT], steps: [script('echo hello', 'printf "no newline"')] });
    await ended(job);
    expect(job.status).toBe('success');
    expect(job.updates[0]).toMatchObject({ state: 'running', output: {} });
    expect(log(job)).toContain('\x1b[32;1m$ echo hello\x1b[0;m\nhello\n');
    expect(log(job)).toContain('no newline\n');
    expect(log(job)).toMatch(/section_start:\d+:step_script\r/);
    expect(log(job)).toMatch(/section_end:\d+:step_script\r/);
    expect(log(job).endsWith('\x1b[32;1mJob succeeded\x1b[0;m\n')).toBe(true);
    expect(last(job)).toMatchObject({
      output: { checksum: checksum(job.trace), bytesize: job.trace.length },
    });
  });

  test('a job that fails tells its exit code, skips the rest of the script and still runs after_script', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      steps: [script('(exit 3)', 'echo unreachable'), afterScript('echo "status: $CI_JOB_STATUS"', 'false')],
    });
    await ended(job);
    expect(last(job)).toMatchObject({ state: 'failed', exit_code: 3, failure_reason: 'script_failure' });
    expect(log(job)).toContain('status: failed\n');
    expect(log(job)).not.toContain('\nunreachable');
    expect(log(job)).toContain('ERROR: Job failed: exit code 3');
  });

  test('all that a script writes stands before the end of its section', async () => {
    const job = enqueue({ variables: [NO_GIT], steps: [script('seq 300000')] });
    await ended(job);
    expect(log(job)).toMatch(/\n300000\nsection_end:\d+:step_script/);
  });

  test('a failure inside a pipe fails the job', async () => {
    const job = enqueue({ variables: [NO_GIT], steps: [script('false | cat')] });
    await ended(job);
    expect(last(job)).toMatchObject({ state: 'failed', exit_code: 1 });
  });

  test('a job sees its own variables and nothing of the runner', async () => {
    const job = enqueue({
      variables: [
        NO_GIT,
        variable('NAME', 'world'),
        variable('GREETING', 'hello $NAME, $$NAME'),
        variable('RAW', '$NAME', { raw: true }),
        variable('KEY_FILE', 'line 1\nline 2', { file: true }),
      ],
      steps: [
        script(
          'echo "$GREETING|$RAW"',
          'cat "$KEY_FILE"',
          'stat -c "%a" "$KEY_FILE"',
          'env',
          'pwd',
          'echo "A_B=c d" >> "$GITLAB_ENV"',
          'touch ~/x',
        ),
        afterScript('echo "A_B is $A_B"'),
      ],
    });
    await ended(job);
    expect(log(job)).toContain('hello world, $NAME|$NAME\n');
    expect(log(job)).toContain('line 1\nline 2');
    expect(log(job)).toContain('\n600\n');
    expect(log(job)).not.toContain('must not reach a job');
    expect(log(job)).not.toMatch(/^(JOBYARD_RUNNER_\w+|npm_\w+|NODE\w*)=/m);
    expect(log(job)).toMatch(
      /^PATH=\/usr\/local\/sbin:\/usr\/local\/bin:\/usr\/sbin:\/usr\/bin:\/sbin:\/bin$/m,
    );
    expect(log(job)).toMatch(/^CI_SERVER=yes$/m);
    const [, project] = /^CI_PROJECT_DIR=(.*)$/m.exec(log(job)) ?? [];
    expect(log(job)).toContain(`\n${project}\n`);
    expect(log(job)).toContain('A_B is c d\n');
    expect(existsSync(`${project}.tmp`)).toBe(false);
  });

  test('the job runs under the uid it should, with that uid owning its files', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      steps: [script('id -u', 'stat -c %u .', 'echo > mine')],
    });
    await ended(job);
    const uid = String(mode.jobs ?? mode.runner ?? process.getuid?.());
    expect(log(job)).toContain(`$ id -u\x1b[0;m\n${uid}\n`);
    expect(log(job)).toContain(`$ stat -c %u .\x1b[0;m\n${uid}\n`);
  });

  test.runIf(mode.jobs)(
    'a job under another uid has no group of the runner and cannot read its state',
    async () => {
      const job = enqueue({
        variables: [NO_GIT],
        steps: [
          script(
            'id -G',
            `ls "${runner.state}" || cat "${runner.state}/system_id" || cat /proc/${runner.child?.pid}/environ`,
          ),
        ],
      });
      await ended(job);
      expect(job.status).toBe('failed');
      expect(log(job)).not.toContain('JOBYARD_RUNNER_TOKEN');
      expect(log(job).match(/Permission denied/g)).toHaveLength(3);
      expect(log(job)).toContain(`$ id -G\x1b[0;m\n${mode.jobs}\n`);
    },
  );

  test('output to /dev/stderr and reading from stdin work as in a terminal without input', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      steps: [
        script('echo to-stderr > /dev/stderr', 'echo teed | tee /dev/stderr', 'cat', 'echo still here'),
      ],
    });
    await ended(job);
    expect(job.status).toBe('success');
    expect(log(job)).toContain('to-stderr\n');
    expect(log(job).match(/^teed$/gm)).toHaveLength(2);
    expect(log(job)).toContain('still here\n');
  });

  test.concurrent('a secret is masked even when it is written in two halves', async () => {
    const job = enqueue({
      variables: [NO_GIT, variable('SECRET', 'open-sesame-42', { masked: true })],
      steps: [
        script(
          'printf open-; sleep 0.5; echo sesame-42',
          'echo "$SECRET,$SECRET"',
          'echo glpat-abcDEF123_xyz.',
          String.raw`printf 'caf\303'; sleep 0.4; printf '\251 \377 ok\n'`,
        ),
      ],
    });
    await ended(job);
    expect(log(job)).not.toContain('open-sesame-42');
    expect(log(job)).toContain('[MASKED]\n');
    expect(log(job)).toContain('[MASKED],[MASKED]');
    expect(log(job)).toContain('glpat-[MASKED]\n');
    expect(log(job)).toContain('café \ufffd ok');
  });

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
    await until('the record is gone', () => !readRecords(runner).includes(job.token));
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

  test.concurrent('the log goes on at the place the server names after a 416', async () => {
    const job = enqueue({ variables: [NO_GIT], steps: [script('echo one', 'sleep 1.5', 'echo two')] });
    await until('the log has begun', () => log(job).includes('one\n'));
    job.trace = job.trace.subarray(0, 40);
    await ended(job);
    expect(last(job)).toMatchObject({
      output: { checksum: checksum(job.trace), bytesize: job.trace.length },
    });
    expect(log(job)).toContain('two\n');
  });

  test('artifacts are uploaded with their modes, links and reports, and what is excluded stays out', async () => {
    const job = enqueue({
      variables: [NO_GIT, variable('SLUG', 'main')],
      steps: [
        script(
          'mkdir -p dist/deep empty; echo a > dist/a.txt; echo b > dist/deep/b.map; echo c > dist/deep/.c',
          'chmod 755 dist/a.txt; ln -s a.txt dist/link; ln -s /etc dist/etc; ln -s /etc outside',
          'echo "<x/>" > r1.xml; echo "<y/>" > r2.xml; echo "[]" > quality.json',
        ),
      ],
      artifacts: [
        {
          name: 'app-$SLUG',
          paths: ['dist/', 'outside/passwd', '../../..', '/etc/passwd', 'empty'],
          exclude: ['dist/**/*.map'],
          when: 'on_success',
          expire_in: '1 week',
        },
        {
          name: 'junit.xml',
          paths: ['r*.xml'],
          when: 'always',
          artifact_type: 'junit',
          artifact_format: 'gzip',
        },
        {
          name: 'gl-code-quality-report.json',
          paths: ['quality.json'],
          when: 'always',
          artifact_type: 'codequality',
          artifact_format: 'raw',
        },
        { name: 'failure', paths: ['dist/'], when: 'on_failure' },
        { name: 'nothing', paths: ['no/such/*'], when: 'always' },
      ],
    });
    await ended(job);
    expect(job.status).toBe('success');
    const [archive, junit, quality, ...more] = job.uploads;
    expect(more).toEqual([]);
    expect(archive?.filename).toBe('app-main.zip');
    expect(Object.fromEntries(archive?.query ?? [])).toEqual({
      artifact_format: 'zip',
      artifact_type: 'archive',
      expire_in: '1 week',
    });
    const files = await unzip(archive?.bytes ?? Buffer.alloc(0));
    expect([...files.keys()]).toEqual([
      'dist/',
      'dist/a.txt',
      'dist/deep/',
      'dist/deep/.c',
      'dist/etc',
      'dist/link',
      'empty/',
    ]);
    expect(files.get('dist/a.txt')).toEqual({ mode: 0o100755, content: 'a\n' });
    expect(files.get('dist/link')).toEqual({ mode: 0o120777, content: 'a.txt' });
    expect(files.get('dist/etc')).toMatchObject({ content: '/etc' });
    expect(junit?.filename).toBe('junit.xml.gz');
    expect(gunzipSync(junit?.bytes ?? Buffer.alloc(0)).toString()).toBe('<x/>\n<y/>\n');
    expect(quality?.filename).toBe('gl-code-quality-report.json');
    expect(quality?.bytes.toString()).toBe('[]\n');
    expect(log(job)).toContain('no/such/*: no matching files');
    expect(log(job)).toContain('../../..: lies outside the project');
  });

  test('a file that the job itself could not read is not uploaded, whoever the runner is', async () => {
    const job = enqueue({
      variables: [NO_GIT],
      steps: [script('echo a > open; echo b > closed; chmod 0 closed')],
      artifacts: [{ name: 'x', paths: ['*'], when: 'on_success' }],
    });
    await ended(job);
    expect(last(job)).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
    expect(log(job)).toMatch(/EACCES: permission denied, open '.*closed'/);
    expect(job.uploads).toEqual([]);
  });

  test('an upload is tried again when the server stumbles, and its refusal fails a green job', async () => {
    let stumbles = 0;
    server.trouble = (request) => {
      if (!request.url?.includes('/artifacts')) return undefined;
      stumbles += 1;
      return stumbles === 1 ? 503 : undefined;
    };
    const payload = {
      variables: [NO_GIT],
      steps: [script('echo a > a')],
      artifacts: [{ name: 'x', paths: ['a'], when: 'on_success' }],
    };
    const lucky = enqueue(payload);
    await ended(lucky);
    expect(lucky.status).toBe('success');
    expect(lucky.uploads).toHaveLength(1);
    server.trouble = (request) => (request.url?.includes('/artifacts') ? 413 : undefined);
    const refused = enqueue(payload);
    await ended(refused);
    expect(last(refused)).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
  });

  test('artifacts of earlier jobs lie in the work tree, and a redirect is not told the token', async () => {
    const producer = server.add((nextId += 1));
    producer.archive = await zipOf([
      ['bin/tool', '#!/bin/sh\necho tool runs\n', 0o100755],
      ['bin/also', 'tool', 0o120777],
      ['plain', 'text', 0o100640],
    ]);
    const dependency = {
      id: producer.id,
      token: producer.token,
      name: 'build',
      artifacts_file: { filename: 'artifacts.zip', size: 1 },
    };
    const job = enqueue({
      variables: [NO_GIT],
      steps: [script('bin/tool', 'readlink bin/also', 'stat -c %a:%u plain')],
      dependencies: [dependency, { id: 5, token: 'x', name: 'without', artifacts_file: {} }],
    });
    await ended(job);
    expect(log(job)).toContain('tool runs\n');
    expect(log(job)).toContain('$ readlink bin/also\x1b[0;m\ntool\n');
    expect(log(job)).toContain(`\n640:${mode.jobs ?? mode.runner ?? process.getuid?.()}\n`);
    expect(job.status).toBe('success');

    const storage = new ProtocolServer();
    await storage.listen();
    storage.jobs.set(producer.id, producer);
    server.storage = storage.url;
    const redirected = enqueue({
      variables: [NO_GIT],
      steps: [script('bin/tool')],
      dependencies: [dependency],
    });
    await ended(redirected);
    server.storage = '';
    await storage.close();
    expect(redirected.status).toBe('success');
    expect(storage.requests.map(({ headers }) => headers['job-token'])).toEqual([undefined]);
  });

  test('an archive that would write outside the project fails the job and writes nothing there', async () => {
    const outside = join(runner.folder, `escaped-${(nextId += 1)}`);
    const producer = server.add((nextId += 1));
    const dependencies = [
      {
        id: producer.id,
        token: producer.token,
        name: 'evil',
        artifacts_file: { filename: 'a.zip', size: 1 },
      },
    ];
    producer.archive = Buffer.from(
      (await zipOf([[`aa/aa/aa/aa/${'b'.repeat(9)}`, 'x', 0o100644]]))
        .toString('latin1')
        .replaceAll('aa/', '../'),
      'latin1',
    );
    const climbing = enqueue({ variables: [NO_GIT], steps: [script('true')], dependencies });
    await ended(climbing);
    expect(climbing.status).toBe('failed');

    producer.archive = await zipOf([
      ['way', runner.folder, 0o120777],
      [`way/${outside.slice(runner.folder.length + 1)}`, 'x', 0o100644],
    ]);
    const linking = enqueue({ variables: [NO_GIT], steps: [script('true')], dependencies });
    await ended(linking);
    expect(linking.status).toBe('failed');

    // The link may also stand there before the archive comes.
    const first = server.add((nextId += 1));
    first.archive = await zipOf([['way', runner.folder, 0o120777]]);
    producer.archive = await zipOf([[`way/${outside.slice(runner.folder.length + 1)}`, 'x', 0o100644]]);
    const led = enqueue({
      variables: [NO_GIT],
      steps: [script('true')],
      dependencies: [{ ...dependencies[0], id: first.id }, ...dependencies],
    });
    await ended(led);
    expect(led.status).toBe('failed');
    expect(log(led)).toContain('is a link that leads out of the project');
    expect(existsSync(outside)).toBe(false);
  });

  test('a cache made by one job is there for the next one', async () => {
    const cache = [
      { key: 'npm-$NAME', paths: ['store/'], policy: 'pull-push', when: 'on_success', fallback_keys: [] },
    ];
    const variables = [NO_GIT, variable('NAME', 'x')];
    const first = enqueue({
      variables,
      cache,
      steps: [script('ls store || mkdir store; echo kept > store/file')],
    });
    await ended(first);
    expect(log(first)).toContain('No cache for npm-x');
    const second = enqueue({ variables, cache, steps: [script('cat store/file')] });
    await ended(second);
    expect(log(second)).toContain('kept\n');
    expect(second.status).toBe('success');
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
    const id = nextId + 1;
    server.trouble = (request) => (request.url === `/api/v4/jobs/${id}` ? 409 : undefined);
    const refused = enqueue({ variables: [NO_GIT], steps: [script('true')] });
    const next = enqueue({ variables: [NO_GIT], steps: [script('true')] });
    await ended(next);
    expect(refused.status).toBe('pending');
    expect(server.requests.filter(({ path }) => path === `/api/v4/jobs/${id}/trace`)).toEqual([]);
  });

  test('a log over the limit ends with a notice, and the job goes on', async () => {
    const small = new RunnerProcess(mode);
    own.push(small);
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

  describe('with a repository', () => {
    let root: string;
    let sha: string;

    beforeAll(() => {
      root = mkdtempSync(join(tmpdir(), 'jobyard-git-'));
      const work = join(root, 'work');
      mkdirSync(work);
      const git = (...args: string[]): string =>
        execFileSync('git', ['-C', work, '-c', 'user.name=T', '-c', 'user.email=t@example.test', ...args])
          .toString()
          .trim();
      git('init', '-q', '-b', 'main');
      writeFileSync(join(work, 'README'), 'read me\n');
      git('add', '.');
      git('commit', '-qm', 'first');
      writeFileSync(join(work, 'run.sh'), 'echo from the repository\n');
      git('add', '.');
      git('commit', '-qm', 'second');
      sha = git('rev-parse', 'HEAD');
      git('update-ref', 'refs/pipelines/9', sha);
      git('clone', '-q', '--mirror', work, join(root, 'app.git'));
      server.gitRoot = root;
      chmodSync(root, 0o755);
    });

    afterAll(() => rmSync(root, { recursive: true, force: true }));

    function checkout(
      payload: Record<string, unknown>,
      variables: Record<string, unknown>[] = [],
      commit = sha,
    ): ServedJob {
      const id = nextId + 1;
      const token = `glcbt-64_${String(id).padStart(20, 'x')}`;
      return enqueue({
        job_info: { name: 'x', stage: 'test', project_id: 8, project_name: 'app' },
        git_info: {
          repo_url: `http://gitlab-ci-token:${token}@127.0.0.1:${server.port}/git/app.git`,
          ref: 'main',
          sha: commit,
          ref_type: 'branch',
          depth: 1,
          refspecs: ['+refs/pipelines/9:refs/pipelines/9', '+refs/heads/main:refs/remotes/origin/main'],
        },
        variables,
        ...payload,
      });
    }

    test('the commit is checked out, shallow, and its token stands nowhere in the open', async () => {
      const job = checkout({
        steps: [
          script(
            'sh run.sh',
            'git rev-list --count HEAD',
            'git remote get-url origin',
            'git fetch -q origin main && echo fetched again',
            'cat .git/config',
            'touch left-over',
          ),
        ],
        hooks: [
          { name: 'pre_get_sources_script', script: ['echo before the sources'] },
          { name: 'post_get_sources_script', script: ['ls README'] },
        ],
      });
      await ended(job);
      expect(log(job)).toContain('from the repository\n');
      expect(log(job)).toContain('$ git rev-list --count HEAD\x1b[0;m\n1\n');
      expect(log(job)).toContain(`http://127.0.0.1:${server.port}/git/app.git\n`);
      expect(log(job)).toContain('fetched again\n');
      expect(log(job)).toContain('before the sources\n');
      expect(log(job)).toContain('$ ls README\x1b[0;m\nREADME\n');
      expect(job.status).toBe('success');
      const project = join(runner.builds, '8-0', 'app');
      expect(readFileSync(join(project, '.git', 'config'), 'utf8')).not.toContain('glcbt');
      expect(statSync(join(runner.builds, '8-0')).mode & 0o777).toBe(0o700);
    });

    test('the next job begins with a clean tree, whatever the last one did to its settings and hooks', async () => {
      const spoiler = checkout({
        steps: [
          script(
            'git config core.fsmonitor "touch /tmp/spoiled; true"; git config url.http://127.0.0.1:1/.insteadOf http://127.0.0.1',
            'printf "#!/bin/sh\\nexit 1\\n" > .git/hooks/post-checkout || mkdir -p .git/hooks && printf "#!/bin/sh\\necho hook ran; exit 1\\n" > .git/hooks/post-checkout',
            'chmod +x .git/hooks/post-checkout; touch .git/index.lock left-over; mkdir -p ro/x; touch ro/x/y; chmod 555 ro/x',
          ),
        ],
      });
      await ended(spoiler);
      expect(spoiler.status).toBe('success');
      const job = checkout({ steps: [script('git status --porcelain --ignored', 'ls -A')] });
      await ended(job);
      expect(job.status).toBe('success');
      expect(log(job)).toContain('$ ls -A\x1b[0;m\n.git\nREADME\nrun.sh\n');
      expect(log(job)).not.toContain('hook ran');
      expect(log(job)).not.toContain('cannot be used');
    });

    test('a repository that was damaged is fetched anew', async () => {
      const spoiler = checkout({
        steps: [script('rm -rf .git/objects/* .git/HEAD; mkdir .git/objects/pack')],
      });
      await ended(spoiler);
      const job = checkout({ steps: [script('sh run.sh')] });
      await ended(job);
      expect(log(job)).toContain('from the repository\n');
    });

    test('GIT_STRATEGY none leaves the folder, clone renews it, and GIT_CHECKOUT false only fetches', async () => {
      const kept = checkout({ steps: [script('echo x > kept')] });
      await ended(kept);
      const none = checkout({ steps: [script('cat kept')] }, [variable('GIT_STRATEGY', 'none')]);
      await ended(none);
      expect(none.status).toBe('success');
      const clone = checkout({ steps: [script('ls kept')] }, [
        variable('GIT_STRATEGY', 'clone'),
        variable('GIT_CHECKOUT', 'false'),
      ]);
      await ended(clone);
      expect(clone.status).toBe('failed');
      expect(log(clone)).not.toContain('Checking out');
    });

    test('a commit that cannot be had fails the job as the system, not as the script', async () => {
      const job = checkout(
        { steps: [script('echo unreachable')] },
        [variable('GET_SOURCES_ATTEMPTS', '2')],
        'ab'.repeat(20),
      );
      await ended(job);
      expect(last(job)).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
      expect(log(job)).toContain('trying again');
      expect(log(job)).not.toContain('\nunreachable');
    });
  });

  describe('a runner that ends', () => {
    async function begin(line: string): Promise<{ job: ServedJob; mine: RunnerProcess }> {
      const mine = new RunnerProcess(mode);
      own.push(mine);
      mine.start(peer.url);
      nextId += 1;
      const job = peer.enqueue(nextId, {
        variables: [NO_GIT],
        steps: [script('echo begun', line), afterScript('echo unreachable')],
      });
      await until('the script has begun', () => log(job).includes('begun\n'));
      return { job, mine };
    }
    const peer = new ProtocolServer();
    beforeAll(async () => await peer.listen());
    afterEach(async () => {
      // A runner that lived on would take the next test's job.
      for (const each of own.splice(0)) await each.remove();
    });
    afterAll(async () => await peer.close());

    test('on SIGTERM reports its jobs as interrupted, within five seconds', async () => {
      const { job, mine } = await begin("trap '' TERM; sleep 71.1; sleep 71.1");
      const from = Date.now();
      expect(await mine.stop('SIGTERM')).toBe(0);
      expect(Date.now() - from).toBeLessThan(5500);
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
      peer.trouble = (request) => {
        if (request.url?.endsWith('/jobs/request')) stillThere ??= isRunning('sleep 73.1');
        return undefined;
      };
      mine.start(peer.url);
      await ended(job);
      await until('it asks for work', () => stillThere !== undefined);
      peer.trouble = () => undefined;
      expect(stillThere).toBe(false);
      expect(last(job)).toMatchObject({ state: 'failed', failure_reason: 'runner_interrupted' });
      expect(last(job)).toMatchObject({
        output: { checksum: checksum(job.trace), bytesize: job.trace.length },
      });
      await until('the record is gone', () => readRecords(mine) === '');
    });

    test('while the server is away has its jobs reported by the next one', async () => {
      const { job, mine } = await begin('sleep 74.1');
      peer.trouble = () => 'cut';
      await mine.stop('SIGTERM');
      expect(job.status).toBe('running');
      peer.trouble = () => undefined;
      mine.start(peer.url);
      await ended(job);
      expect(last(job)).toMatchObject({ failure_reason: 'runner_interrupted' });
    });

    test('and one that starts meanwhile never share a state folder', async () => {
      const { job, mine } = await begin('sleep 75.1');
      const first = mine.child;
      mine.start(peer.url);
      await ended(job);
      expect(last(job)).toMatchObject({ failure_reason: 'runner_interrupted' });
      await until('the first runner has ended', () => first?.exitCode === 0);
    });
  });
});

function readRecords(runner: RunnerProcess): string {
  const folder = join(runner.state, 'jobs');
  return execFileSync('sh', ['-c', 'cat "$0"/*.json 2>/dev/null || true', folder]).toString();
}
