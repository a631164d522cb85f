import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Commit, commitScene } from '../support/commit-scene.ts';
import { databases } from '../support/databases.ts';
import { gitProject } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { addPerson } from '../support/people.ts';
import { rowsOf } from '../support/rows.ts';
import { bootServer } from '../support/server.ts';

describe.each(databases)('commits that are made over the API, on %s', async (database) => {
  const server = await bootServer({ database });
  const { api } = server;
  const { project, developer, tree, shas, list } = await commitScene(server);
  const post = (body: object, token = developer.token) =>
    api<Commit & { message: string }>('POST', `${project.at}/repository/commits`, { token, body });
  const read = async (branch: string, path: string) => {
    const place = `${project.at}/repository/files/${encodeURIComponent(path)}/raw?ref=${encodeURIComponent(branch)}`;
    const { status, body } = await api<string>('GET', place);
    return status === 200 ? body : status;
  };
  const refused = async (more: object, action: object = {}) => {
    const actions = [{ action: 'create', file_path: 'x', content: 'x', ...action }];
    const reply = await post({ branch: 'main', commit_message: 'No', actions, ...more });
    return [reply.status, reply.body.message ?? reply.body];
  };

  test('several actions are one commit, which is a push with a pipeline', async () => {
    const reply = await post({
      branch: 'actions',
      start_branch: 'main',
      commit_message: 'Much at once',
      author_name: 'Bob',
      author_email: 'bob@example.org',
      actions: [
        { action: 'create', file_path: 'new/file', content: 'bmV3', encoding: 'base64' },
        { action: 'update', file_path: 'a/file', content: 'changed' },
        { action: 'move', previous_path: 'b', file_path: 'moved' },
        { action: 'chmod', file_path: 'moved', execute_filemode: true },
        { action: 'create', file_path: 'short-lived', content: '' },
        { action: 'delete', file_path: 'short-lived' },
      ],
    });
    expect(reply).toMatchObject({
      status: 201,
      body: {
        title: 'Much at once',
        parent_ids: [shas[2]],
        author_name: 'Bob',
        author_email: 'bob@example.org',
        committer_name: developer.username,
        last_pipeline: { ref: 'actions', source: 'push' },
      },
    });
    expect(await read('actions', 'new/file')).toBe('new');
    expect(await read('actions', 'a/file')).toBe('changed');
    expect([await read('actions', 'b'), await read('actions', 'moved')]).toEqual([404, 'bb\n']);
    const entries = await api<{ path: string; mode: string }[]>(
      'GET',
      `${project.at}/repository/tree?ref=actions`,
    );
    expect(entries.body.find(({ path }) => path === 'moved')?.mode).toBe('100755');
    expect(await project.pipelines('?ref=actions')).toMatchObject([{ sha: reply.body.id, source: 'push' }]);
    await git(tree, 'fetch', '--quiet', 'origin', 'actions');
  });

  test('the same on several branches at the same time is a commit on each', async () => {
    for (let round = 0; round < 4; round++) {
      const made = [1, 2, 3, 4].map((number) =>
        post({
          branch: `twin-${round}-${number}`,
          start_branch: 'main',
          commit_message: 'The same',
          actions: [{ action: 'create', file_path: `twin ${round}`, content: 'x' }],
        }),
      );
      expect((await Promise.all(made)).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    }
  });

  test('a commit says why it is refused, and leaves no trace then', async () => {
    const from = { branch: 'refused', start_branch: 'main' };
    expect(await refused({})).toEqual([400, 'You are not allowed to push into this branch']);
    expect(await refused({ branch: 'none' })).toEqual([
      400,
      'You can only create or edit files when you are on a branch',
    ]);
    expect(await refused({ branch: 'none', start_branch: 'v1' })).toEqual([
      400,
      'You can only create or edit files when you are on a branch',
    ]);
    expect(await refused({ branch: 'feature/x', start_branch: 'main' })).toEqual([
      400,
      "A branch called 'feature/x' already exists. Switch to that branch in order to make changes",
    ]);
    expect(await refused(from, { file_path: 'b' })).toEqual([400, 'A file with this name already exists']);
    expect(await refused(from, { file_path: 'a' })).toEqual([
      400,
      'A directory with this name already exists',
    ]);
    expect(await refused(from, { action: 'update' })).toEqual([400, "A file with this name doesn't exist"]);
    expect((await refused(from, { file_path: '../x' }))[0]).toBe(400);
    expect((await refused(from, { file_path: '.git/config' }))[0]).toBe(400);
    const stale = { action: 'update', file_path: 'b', last_commit_id: shas[1] };
    expect(await refused(from, stale)).toEqual([400, 'The file has changed since you started editing it: b']);
    expect(await refused(from, { action: 'burn' })).toEqual([
      400,
      { error: 'actions[0][action] does not have a valid value' },
    ]);
    expect(await refused(from, { action: 'move', content: undefined })).toEqual([
      400,
      { error: 'actions[0][previous_path] is missing' },
    ]);
    expect(await refused({ ...from, start_sha: shas[0] })).toEqual([
      400,
      "You can't pass both start_branch and start_sha",
    ]);
    expect(await refused({ branch: 'refused', start_sha: 'main' })).toEqual([
      400,
      "Invalid start_sha 'main'",
    ]);
    expect((await refused({ branch: 'a..b', start_branch: 'main' }))[1]).toMatch(/Branch name is invalid$/);
    expect(await project.tip('refused')).toBe(null);
    expect(await project.pipelines('?ref=refused')).toEqual([]);
  });

  test('a branch is made anew with force, but no protected one', async () => {
    const actions = [{ action: 'create', file_path: 'forced', content: 'x' }];
    const wish = { branch: 'feature/x', start_sha: shas[0], force: true, commit_message: 'Anew', actions };
    expect(await post(wish)).toMatchObject({ status: 201, body: { parent_ids: [shas[0]] } });
    const forced = { ...wish, branch: 'main' };
    expect((await post(forced, server.rootToken)).body.message).toBe(
      'You are not allowed to push into this branch',
    );
    expect(await project.tip('main')).toBe(shas[2]);
  });

  test('of commits made at once to one branch those that are told so are there, each with its pipeline', async () => {
    await api('POST', `${project.at}/repository/branches`, { body: { branch: 'raced', ref: 'main' } });
    const replies = await Promise.all(
      [1, 2, 3, 4].map((number) =>
        post({
          branch: 'raced',
          commit_message: `Racer ${number}`,
          actions: [{ action: 'create', file_path: `racer-${number}`, content: 'x' }],
        }),
      ),
    );
    const made = replies.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(made.length).toBeGreaterThan(0);
    const refusals = replies.flatMap(({ status, body }) => (status === 201 ? [] : [body.message]));
    const refusal = 'Could not update refs/heads/raced. Please refresh and try again.';
    expect(refusals).toEqual(refusals.map(() => refusal));
    const there = (await list('?ref_name=main..raced')).body.map(({ id }) => id);
    expect(there.toSorted()).toEqual(made.toSorted());
    const [, ...pipelines] = (await project.pipelines('?ref=raced')).map(({ sha }) => sha).toReversed();
    expect(pipelines.toSorted()).toEqual(made.toSorted());
  });

  test('a push over the API whose server died before its pipeline gets it later', async () => {
    const rows = await rowsOf(server);
    const sha = shas[0] ?? '';
    const commands = JSON.stringify([{ ref: 'refs/heads/orphan', old: '0'.repeat(40), new: sha }]);
    const values = { project_id: project.id, user_id: developer.id, commands, push_options: '[]' };
    const folder = join(server.data, 'repositories', `${project.id}.git`);
    await rows
      .insertInto('pushes')
      .values({ ...values, state: 'open', created_at: Date.now() })
      .execute();
    await git(folder, '--git-dir', folder, 'update-ref', 'refs/heads/orphan', sha);
    await expect.poll(async () => (await project.pipelines('?ref=orphan')).length).toBe(1);
  });

  test('many commits are tidied up: their packs are joined', async () => {
    const many = await gitProject(server);
    const person = await addPerson(api, 'writer', true);
    const folder = join(server.data, 'repositories', `${many.id}.git`, 'objects');
    for (let number = 1; number <= 22; number += 1) {
      const body = { branch: 'main', content: `${number}`, commit_message: `File ${number}` };
      const reply = await api('POST', `${many.at}/repository/files/f${number}`, {
        token: person.token,
        body,
      });
      expect(reply.status).toBe(201);
    }
    await expect.poll(() => existsSync(join(folder, 'info', 'commit-graph'))).toBe(true);
    expect((await api('GET', `${many.at}/repository/commits?per_page=100`)).body).toHaveLength(22);
  });
});
