import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, ONE_JOB, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import type { Person } from '../support/people.ts';
import { rowsOf } from '../support/rows.ts';
import { bootServer } from '../support/server.ts';

interface Tag {
  name: string;
  message: string | null;
  target: string;
  commit: { id: string };
  protected: boolean;
  created_at: string | null;
}

describe.each(databases)('tags on %s', async (database) => {
  // An hour ahead: what the server dates is newer than the commits of the tests.
  const server = await bootServer({ database, clock: () => Date.now() + 3_600_000 });
  const { api } = server;
  let project: Awaited<ReturnType<typeof gitProject>>;
  let developer: Person;
  let first: string;
  beforeAll(async () => {
    project = await gitProject(server);
    developer = await project.member('developer', 30);
    const tree = await workTree(project.remote());
    first = await commit(tree, { '.gitlab-ci.yml': ONE_JOB }, 'Begin');
    await git(tree, 'push', '--quiet', '-o', 'ci.no_pipeline', 'origin', 'main');
  });
  const make = (body: object, token = developer.token) =>
    api<Tag & { message: string }>('POST', `${project.at}/repository/tags`, { token, body });
  const one = (name: string) =>
    api<Tag>('GET', `${project.at}/repository/tags/${encodeURIComponent(name)}`, { token: developer.token });
  const remove = (name: string, token = developer.token) =>
    api('DELETE', `${project.at}/repository/tags/${encodeURIComponent(name)}`, { token });
  const names = async (query: string) =>
    (await api<Tag[]>('GET', `${project.at}/repository/tags${query}`)).body.map(({ name }) => name);
  const refused = async (body: object) => {
    const reply = await make(body);
    return [reply.status, reply.body.message];
  };

  test('with a message a tag is annotated, without it is light; both have a pipeline', async () => {
    const light = await make({ tag_name: 'light/1', ref: 'main' });
    expect(light).toMatchObject({
      status: 201,
      body: {
        name: 'light/1',
        target: first,
        commit: { id: first },
        message: null,
        created_at: null,
        release: null,
      },
    });
    const annotated = await make({ tag_name: 'v1', ref: first, message: 'The first\n\nof many\n' });
    expect(annotated.body).toMatchObject({
      commit: { id: first },
      message: 'The first\n\nof many',
      protected: false,
    });
    expect(annotated.body.target).not.toBe(first);
    expect(Date.parse(annotated.body.created_at ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect((await one('light/1')).body).toEqual(light.body);
    expect((await project.pipelines('?scope=tags')).map(({ ref, sha }) => [ref, sha])).toEqual([
      ['v1', first],
      ['light/1', first],
    ]);
  });

  test('are listed by name, by version and by date, and found by name', async () => {
    for (const tag_name of ['v2', 'v10']) await make({ tag_name, ref: 'main' });
    expect(await names('?order_by=name&sort=asc')).toEqual(['light/1', 'v1', 'v10', 'v2']);
    expect(await names('?order_by=version&sort=asc&search=%5Ev')).toEqual(['v1', 'v2', 'v10']);
    expect(await names('?order_by=version&search=v')).toEqual(['v10', 'v2', 'v1']);
    expect((await names(''))[0]).toBe('v1');
    expect(await names('?order_by=name&sort=asc&per_page=3&page=2')).toEqual(['v2']);
    const reply = await api('GET', `${project.at}/repository/tags?order_by=size`);
    expect(reply.body).toEqual({ error: 'order_by does not have a valid value' });
  });

  test('what cannot be made is refused in words', async () => {
    expect(await refused({ tag_name: 'v1', ref: 'main' })).toEqual([400, 'Tag v1 already exists']);
    expect(await refused({ tag_name: 'a..b', ref: 'main' })).toEqual([400, 'Tag name invalid']);
    expect(await refused({ tag_name: 'x', ref: 'none' })).toEqual([400, 'Target none is invalid']);
    expect(await refused({ tag_name: 'x', ref: '' })).toEqual([400, 'Target is empty']);
    expect(await refused({ tag_name: 'main', ref: 'main' })).toEqual([
      400,
      'You cannot use default branch name to create a tag',
    ]);
    expect(await one('none')).toMatchObject({ status: 404, body: { message: '404 Tag Not Found' } });
  });

  test('a protected tag is made and deleted by maintainers', async () => {
    await api('POST', `${project.at}/protected_tags`, { body: { name: 'release-*' } });
    expect((await make({ tag_name: 'release-1', ref: 'main' })).body).toEqual({
      message: 'You are not allowed to create this tag as it is protected.',
    });
    const made = await make({ tag_name: 'release-1', ref: 'main' }, server.rootToken);
    expect(made.body).toMatchObject({ name: 'release-1', protected: true });
    expect((await remove('release-1')).status).toBe(403);
    expect((await remove('release-1', server.rootToken)).status).toBe(204);
  });

  test('a tag that is deleted leaves its pipelines, and unlocks what was kept for it', async () => {
    await make({ tag_name: 'kept', ref: 'main' });
    const [pipeline] = await project.pipelines('?ref=kept');
    const rows = await rowsOf(server);
    const job = await rows
      .selectFrom('jobs')
      .select('id')
      .where('pipeline_id', '=', pipeline?.id ?? 0)
      .executeTakeFirstOrThrow();
    await rows
      .insertInto('job_artifacts')
      .values({
        project_id: project.id,
        pipeline_id: pipeline?.id ?? 0,
        job_id: job.id,
        file_type: 'archive',
        file_format: 'zip',
        filename: 'artifacts.zip',
        size: 1,
        sha256: '',
        blob_key: 'of-no-blob',
        index_key: null,
        locked_ref: 'refs/tags/kept',
        expire_at: null,
        created_at: Date.now(),
      })
      .execute();
    expect((await remove('kept')).status).toBe(204);
    const artifact = rows.selectFrom('job_artifacts').select('locked_ref').where('job_id', '=', job.id);
    expect(await artifact.executeTakeFirst()).toEqual({ locked_ref: null });
    expect(await project.pipelines('?ref=kept')).toHaveLength(1);
    expect((await remove('kept')).status).toBe(404);
  });
});
