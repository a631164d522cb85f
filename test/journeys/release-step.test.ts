import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { bootServer } from '../support/server.ts';

const CONFIG = `
release:
  script:
    - printf '# News of %s\\n\\n\`code\`' "$VERSION" > notes.md
  rules: [{ if: $CI_COMMIT_BRANCH }]
  variables: { VERSION: '1.2.3' }
  release:
    tag_name: v$VERSION
    tag_message: The "best" one
    name: "Version $VERSION, \`as is\`"
    description: notes.md
    assets:
      links:
        - { name: 'app $VERSION', url: 'https://example.test/$VERSION/app', link_type: package }
  after_script:
    - echo after the release
`;

interface Job {
  id: number;
  status: string;
}

describe.each(databases)('a release step of the built-in runner, on %s', (database) => {
  test('makes the tag and what is said of it, with variables filled in', async () => {
    const server = await bootServer({ database, config: { runner: true } });
    const project = await gitProject(server);
    const tree = await workTree(project.remote());
    const sha = await commit(tree, { '.gitlab-ci.yml': CONFIG });
    await git(tree, 'push', '--quiet', 'origin', 'main');
    const ended = async () => {
      const { body } = await server.api<Job[]>('GET', `${project.at}/jobs`);
      return body.find(({ status }) => ['success', 'failed'].includes(status));
    };
    const logOf = async ({ id }: Job) =>
      (await server.api<string>('GET', `${project.at}/jobs/${id}/trace`)).body;
    await expect.poll(ended, { timeout: 30_000 }).toBeDefined();
    const job = (await ended())!;
    const log = await logOf(job);
    expect(job.status, log).toBe('success');
    expect(log).toContain('Released Version 1.2.3, `as is` (tag v1.2.3)');
    expect(log.indexOf('after the release')).toBeGreaterThan(log.indexOf('Released Version'));
    expect((await server.api('GET', `${project.at}/releases/v1.2.3`)).body).toMatchObject({
      name: 'Version 1.2.3, `as is`',
      description: '# News of 1.2.3\n\n`code`',
      commit: { id: sha },
      author: { username: 'root' },
      assets: { links: [{ name: 'app 1.2.3', url: 'https://example.test/1.2.3/app', link_type: 'package' }] },
    });
    expect((await server.api('GET', `${project.at}/repository/tags/v1.2.3`)).body).toMatchObject({
      message: 'The "best" one',
    });

    // The same again: the tag has a release by now, so the job fails and says why.
    const again = await server.api<Job>('POST', `${project.at}/jobs/${job.id}/retry`);
    const statusNow = async () =>
      (await server.api<Job>('GET', `${project.at}/jobs/${again.body.id}`)).body.status;
    await expect.poll(statusNow, { timeout: 30_000 }).toBe('failed');
    expect(await logOf(again.body)).toContain('The release was not made: the server says 409');
  });
});
