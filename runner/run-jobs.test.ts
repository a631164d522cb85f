import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checksum } from './testing/protocol-server.ts';
import { runnerOfServer } from './testing/runner-of-server.ts';
import { modes } from './testing/runner-process.ts';
import { afterScript, ended, last, log, NO_GIT, script, variable } from './testing/served-job.ts';

describe.each(modes())('a job, $name', (mode) => {
  const { runner, enqueue } = runnerOfServer(mode);

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
      image: { name: 'tools:$NAME' },
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
    expect(log(job)).toMatch(/^CI_JOB_IMAGE=tools:world$/m);
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

  test('a secret is masked even when it is written in two halves', async () => {
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
});
