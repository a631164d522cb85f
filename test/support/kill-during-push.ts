import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { git, remoteOf, repositoryOf } from './git.ts';
import { npmStart } from './npm-start.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

interface Pipeline {
  sha: string;
  ref: string;
}

/**
 * Pushes a commit `times` times, each to a branch of its own, kills the server with SIGKILL at a random
 * instant of each push, starts it again, and compares: whatever git reported as accepted, and whatever
 * the repository holds, has its pipeline, and has it once. Answers how many pushes were reported as accepted.
 */
export async function killDuringPush(times: number, database: string | null): Promise<number> {
  const data = temporaryFolder();
  const flags = ['--runner', 'off', ...(database === null ? [] : ['--database-url', database])];
  let server = await npmStart({ data, flags });
  const project = await server.api<{ id: number }>('POST', '/projects', { body: { name: 'pushed' } });
  expect(project.status).toBe(201);
  const at = `/projects/${project.body.id}`;

  const source = temporaryFolder();
  await writeFile(join(source, '.gitlab-ci.yml'), 'job:\n  script: echo pushed\n');
  const tree = await repositoryOf(source);
  const push = (branch: string) =>
    git(tree, 'push', remoteOf(server.url, 'root/pushed', server.rootToken), `HEAD:refs/heads/${branch}`);
  await push('main');
  const begun = Date.now();
  await push('measured');
  const duration = Date.now() - begun;

  let accepted = 0;
  for (let round = 1; round <= times; round += 1) {
    const branch = `branch-${round}`;
    await git(tree, 'commit', '--quiet', '--allow-empty', '--message', `Round ${round}`);
    const sha = (await git(tree, 'rev-parse', 'HEAD')).trim();
    const pushed = push(branch).then(
      () => true,
      () => false,
    );
    await sleep(Math.random() * duration * 1.2);
    await server.kill9();
    const reported = await pushed;
    if (reported) accepted += 1;

    server = await npmStart({ data, flags });
    const held = await until('the branch is the same twice', async () => {
      // An orphaned git may still be at it: what counts is what is there in the end.
      const before = await branchSha(branch);
      await sleep(300);
      return before === (await branchSha(branch)) ? { sha: before } : undefined;
    });
    if (reported) expect(held.sha).toBe(sha);
    if (held.sha === null) continue;
    const found = await until(`${branch} has its pipeline`, async () => {
      const { body } = await server.api<Pipeline[]>('GET', `${at}/pipelines?ref=${branch}`);
      return body.length > 0 ? body : undefined;
    });
    expect(found.map(({ sha: one }) => one)).toEqual([sha]);
  }
  expect(await server.stop()).toBe(0);
  return accepted;

  async function branchSha(branch: string): Promise<string | null> {
    const { status, body } = await server.api<{ commit: { id: string } }>(
      'GET',
      `${at}/repository/branches/${branch}`,
    );
    return status === 200 ? body.commit.id : null;
  }
}
