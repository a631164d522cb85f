import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { bootServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { entriesOf } from '../support/zip.ts';

/** GitLab's own runner, where there is one: named by GITLAB_RUNNER_BIN, or found in PATH. */
function findRunner(): string | null {
  const binary = process.env['GITLAB_RUNNER_BIN'] || 'gitlab-runner';
  return spawnSync(binary, ['--version'], { stdio: 'ignore' }).status === 0 ? binary : null;
}

const binary = findRunner();
const CONFIG = `
build:
  script: [mkdir dist, 'echo built > dist/app', 'echo VERSION=1.2.3 > build.env', 'echo größe ✓']
  artifacts: {paths: [dist/], reports: {dotenv: build.env}}
test:
  stage: test
  needs: [build]
  script: ['cat dist/app', 'echo "version $VERSION"', exit 7]
`;

interface Job {
  id: number;
  name: string;
  status: string;
  failure_reason?: string;
}

describe.each(databases)("GitLab's own runner, on %s", (database) => {
  test(
    `runs a job that succeeds and one that fails${binary ? '' : ' (skipped: no gitlab-runner)'}`,
    { timeout: 180_000 },
    async ({ skip }) => {
      const program = binary ?? skip('no gitlab-runner in PATH, and none named by GITLAB_RUNNER_BIN');
      const server = await bootServer({ database });
      const { at, remote } = await gitProject(server);
      const tree = await workTree(remote());
      await commit(tree, { '.gitlab-ci.yml': CONFIG });
      await git(tree, 'push', '--quiet', 'origin', 'HEAD:main');
      const body = { runner_type: 'instance_type', run_untagged: true };
      const { body: made } = await server.api<{ token: string }>('POST', '/user/runners', { body });
      const home = temporaryFolder();
      const words = ['run-single', '--url', server.url, '--token', made.token, '--executor', 'shell'];
      const limits = ['--max-builds', '2', '--wait-timeout', '60', '--builds-dir', `${home}/builds`];
      const runner = spawn(program, [...words, ...limits, '--cache-dir', `${home}/cache`], {
        cwd: home,
        env: { ...process.env, HOME: home },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const said = text(runner.stderr);
      await once(runner, 'exit');
      const jobs = await until('both jobs have ended', async () => {
        const { body: list } = await server.api<Job[]>('GET', `${at}/jobs`);
        return list.every(({ status }) => ['success', 'failed'].includes(status)) ? list : undefined;
      });
      const [build, check] = ['build', 'test'].map((name) => jobs.find((job) => job.name === name));
      expect([build?.status, check?.status, check?.failure_reason], await said).toEqual([
        'success',
        'failed',
        'script_failure',
      ]);
      const log = async (job: Job | undefined) =>
        (await server.api<string>('GET', `${at}/jobs/${job?.id}/trace`)).body;
      expect(await log(build)).toContain('größe ✓');
      expect(await log(check)).toContain('version 1.2.3');
      const archive = await fetch(`${server.url}/api/v4${at}/jobs/${build?.id}/artifacts`, {
        headers: { 'private-token': server.rootToken },
      });
      expect(await entriesOf(Buffer.from(await archive.arrayBuffer()))).toMatchObject({
        'dist/app': 'built\n',
      });
    },
  );
});
