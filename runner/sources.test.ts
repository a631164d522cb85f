import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedJob } from './testing/protocol-server.ts';
import { nextId, runnerOfServer } from './testing/runner-of-server.ts';
import { modes } from './testing/runner-process.ts';
import { ended, last, log, script, variable } from './testing/served-job.ts';

describe.each(modes())('the repository of a job, $name', (mode) => {
  const { server, runner, enqueue } = runnerOfServer(mode);
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
    const id = nextId();
    const token = `glcbt-64_${String(id).padStart(20, 'x')}`;
    const usual = {
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
    };
    return enqueue({ ...usual, ...payload }, id);
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
