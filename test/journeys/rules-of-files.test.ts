import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { bootServer, type TestServer } from '../support/server.ts';

const CONFIG = '.gitlab-ci.yml';
const CHANGES = `
always: { script: x }
code: { script: x, rules: [{ changes: ["src/**/*"] }] }
docs: { script: x, rules: [{ changes: ["*.md"] }] }
branch: { script: x, rules: [{ changes: { paths: ["src/**/*"], compare_to: main } }] }
`;

describe.each(databases)('rules that look at files, on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await bootServer({ database: kind });
  });

  async function open() {
    const project = await gitProject(server);
    const tree = await workTree(project.remote());
    const jobsOf = async (pipeline: number) => {
      const { body } = await server.api<{ name: string }[]>(
        'GET',
        `${project.at}/pipelines/${pipeline}/jobs`,
      );
      return body.map((job) => job.name).toSorted();
    };
    const push = async (ref: string, ...options: string[]) => {
      await git(tree, 'push', ...options, 'origin', `HEAD:${ref}`);
      const [pipeline] = await project.pipelines(`?ref=${ref.split('/').at(-1)}`);
      return pipeline;
    };
    return { ...project, tree, jobsOf, push };
  }

  /** The names of the jobs that a push of these files to a ref has made. */
  async function jobsOfPush(project: Awaited<ReturnType<typeof open>>, ref: string, files = {}) {
    await commit(project.tree, files);
    return await project.jobsOf((await project.push(ref))?.id ?? 0);
  }

  test('changes are those of the push, and of a new branch everything may have changed', async () => {
    const project = await open();
    const all = ['always', 'branch', 'code', 'docs'];
    expect(await jobsOfPush(project, 'main', { [CONFIG]: CHANGES, 'src/a/b.c': '1' })).toEqual(
      all.filter((name) => name !== 'branch'),
    );
    expect(await jobsOfPush(project, 'main', { 'README.md': '1' })).toEqual(['always', 'docs']);
    expect(await jobsOfPush(project, 'main', { 'src/a/b.c': '2' })).toEqual(['always', 'code']);

    // Two commits in one push; the second takes back what the first did to src.
    await commit(project.tree, { 'src/a/b.c': '3', 'README.md': '2' });
    expect(await jobsOfPush(project, 'main', { 'src/a/b.c': '2' })).toEqual(['always', 'docs']);

    expect(await jobsOfPush(project, 'topic', { 'src/new.c': '1' })).toEqual(all);
    expect(await jobsOfPush(project, 'topic', { 'README.md': '3' })).toEqual(['always', 'branch', 'docs']);
  });

  test('compare_to leaves out what its own branch has changed since the histories parted', async () => {
    const project = await open();
    await jobsOfPush(project, 'main', { [CONFIG]: CHANGES });
    await jobsOfPush(project, 'topic', { 'README.md': '1' });
    await git(project.tree, 'checkout', '--quiet', '-b', 'other', 'HEAD~1');
    await jobsOfPush(project, 'main', { 'src/a.c': '1' });
    await git(project.tree, 'checkout', '--quiet', 'main');
    expect(await jobsOfPush(project, 'topic', { 'README.md': '2' })).toEqual(['always', 'docs']);
  });

  test('of a tag, and of a pipeline that somebody asks for, everything may have changed', async () => {
    const project = await open();
    await jobsOfPush(project, 'main', { [CONFIG]: CHANGES });
    await jobsOfPush(project, 'main', { 'README.md': '1' });
    const asked = await server.api<{ id: number }>('POST', `${project.at}/pipeline`, {
      body: { ref: 'main' },
    });
    expect(await project.jobsOf(asked.body.id)).toEqual(['always', 'code', 'docs']);
    expect(await jobsOfPush(project, 'refs/tags/v1')).toEqual(['always', 'code', 'docs']);
  });

  test('only and except see the ref and the files of the push', async () => {
    const project = await open();
    const config = `
always: { script: x }
code: { script: x, only: { changes: ["src/*"] } }
tags: { script: x, only: [tags] }
no-docs: { script: x, except: { changes: ["*.md"] } }
`;
    expect(await jobsOfPush(project, 'main', { [CONFIG]: config })).toEqual(['always', 'code']);
    expect(await jobsOfPush(project, 'main', { 'README.md': '1' })).toEqual(['always']);
    expect(await jobsOfPush(project, 'main', { 'src/a.c': '1' })).toEqual(['always', 'code', 'no-docs']);
    expect(await jobsOfPush(project, 'refs/tags/v1')).toEqual(['always', 'code', 'tags']);
  });

  test('a history that was written anew is compared with what the branch was before', async () => {
    const project = await open();
    await jobsOfPush(project, 'main', { [CONFIG]: CHANGES });
    await jobsOfPush(project, 'topic', { 'src/a.c': '1' });
    await git(project.tree, 'reset', '--quiet', '--hard', 'HEAD~1');
    await commit(project.tree, { 'README.md': '1', 'src/a.c': '1' });
    const pipeline = await project.push('topic', '--force');
    expect(await project.jobsOf(pipeline?.id ?? 0)).toEqual(['always', 'branch', 'docs']);
  });

  test('a ref to compare with that is not there fails the pipeline in words', async () => {
    const project = await open();
    const config = 'job: { script: x, rules: [{ changes: { paths: [a], compare_to: gone } }] }';
    await jobsOfPush(project, 'main', { [CONFIG]: config });
    const [pipeline] = await project.pipelines();
    const { body } = await server.api('GET', `${project.at}/pipelines/${pipeline?.id}`);
    expect(body).toMatchObject({
      status: 'failed',
      yaml_errors: 'Failed to parse rule for job: rules:changes:compare_to is not a valid ref',
    });
  });

  test('files are those at the commit, and of another project those that the user may read', async () => {
    const other = await open();
    await commit(other.tree, { 'lib/a.rb': '1' });
    await other.push('main');
    const project = await open();
    const config = `
always: { script: x }
ruby: { script: x, rules: [{ exists: ["**/*.rb"] }] }
root: { script: x, rules: [{ exists: ["*.md"] }] }
theirs: { script: x, rules: [{ exists: { paths: [lib/a.rb], project: ${other.path}, ref: main } }] }
theirs-not: { script: x, rules: [{ exists: { paths: [lib/b.rb], project: ${other.path} } }] }
`;
    expect(await jobsOfPush(project, 'main', { [CONFIG]: config, 'docs/a.md': '1' })).toEqual([
      'always',
      'theirs',
    ]);
    expect(await jobsOfPush(project, 'main', { 'README.md': '1', 'x/y.rb': '1' })).toEqual([
      'always',
      'root',
      'ruby',
      'theirs',
    ]);

    const stranger = await project.member('developer', 30);
    await git(project.tree, 'push', project.remote(stranger.token), 'HEAD:theirs');
    const [pipeline] = await project.pipelines('?ref=theirs');
    const { body } = await server.api('GET', `${project.at}/pipelines/${pipeline?.id}`);
    const refused = (name: string) =>
      `Failed to parse rule for ${name}: rules:exists:project \`${other.path}\` not found or access denied`;
    expect(body).toMatchObject({ yaml_errors: `${refused('theirs')}, ${refused('theirs-not')}` });
  });
});
