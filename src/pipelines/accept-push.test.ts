import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { START } from '../../test/support/pipelines.ts';
import { CONFIG, openPushHouse, settings } from '../../test/support/push-house.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { findUser } from '../access/access-store.ts';
import type { Database } from '../db/database.ts';
import type { Change } from '../events/change.ts';
import { refValues } from '../git/refs.ts';
import { ZERO_SHA } from '../git/repository.ts';
import { findProject } from '../projects/project-store.ts';
import { acceptPush } from './accept-push.ts';
import { createPipeline } from './create-pipeline.ts';

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });
  const house = () => openPushHouse(db);

  test('a pushed branch has its pipeline, with its jobs, its commit and its ref', async () => {
    const { push, accept, pipelines, repository } = await house();
    const commands = await push({ '.gitlab-ci.yml': CONFIG });
    const [pipeline] = await accept(commands);
    expect(pipeline).toMatchObject({
      status: 'pending',
      source: 'push',
      ref: 'main',
      tag: 0,
      sha: commands[0]!.new,
      before_sha: ZERO_SHA,
      iid: 1,
    });
    const jobs = await db.read
      .selectFrom('jobs')
      .selectAll()
      .where('pipeline_id', '=', pipeline!.id)
      .execute();
    expect(jobs.map(({ name, status, tag_list }) => [name, status, tag_list])).toEqual([
      ['build', 'pending', '[]'],
      ['test', 'created', '["linux"]'],
    ]);
    const ref = `refs/pipelines/${pipeline!.id}`;
    expect((await refValues(repository, [ref])).get(ref)).toBe(commands[0]!.new);
    expect(await pipelines()).toHaveLength(1);
  });

  test('the same push accepted again, and at once, has one pipeline, and its branch is told of once', async () => {
    const { push, store, repositories, pipelines } = await house();
    const told: Change[] = [];
    const silence = db.audience.listen((changes) => told.push(...(changes as readonly Change[])));
    const commands = await push({ '.gitlab-ci.yml': CONFIG });
    const stored = await store(commands);
    const again = () => acceptPush(db, repositories, settings, stored, commands, START);
    const made = (await Promise.all([again(), again(), again()])).flat();
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
    expect((await again()).map(({ id }) => id)).toEqual([made[0]!.id]);
    expect(await pipelines()).toHaveLength(1);
    silence();
    expect(told.filter(({ type }) => type === 'ref')).toMatchObject([{ ref: 'refs/heads/main' }]);
  });

  test('a tag has a pipeline of its own; a deleted branch, and what is neither, has none', async () => {
    const { push, accept } = await house();
    const commands = await push({ '.gitlab-ci.yml': CONFIG }, ['refs/heads/main', 'refs/tags/main']);
    const made = await accept([...commands, { ref: 'refs/heads/old', old: commands[0]!.new, new: ZERO_SHA }]);
    expect(made.map(({ ref, tag }) => [ref, tag])).toEqual([
      ['main', 0],
      ['main', 1],
    ]);
  });

  test('no more than four refs of one push have pipelines', async () => {
    const { push, accept } = await house();
    const refs = Array.from({ length: 6 }, (_, index) => `refs/heads/b${index}`);
    expect(await accept(await push({ '.gitlab-ci.yml': CONFIG }, refs))).toHaveLength(4);
  });

  test('a mistake in the configuration makes a failed pipeline that tells it', async () => {
    const { push, accept } = await house();
    const [pipeline] = await accept(await push({ '.gitlab-ci.yml': 'build: { stage: nowhere, script: x }' }));
    expect(pipeline).toMatchObject({
      status: 'failed',
      failure_reason: 'config_error',
      yaml_errors: expect.stringContaining('chosen stage nowhere does not exist'),
    });
  });

  test.each([
    ['no configuration', {}, [], 'A change', []],
    [
      'jobs that the rules drop',
      { '.gitlab-ci.yml': 'a: { script: x, rules: [{ when: never }] }' },
      [],
      'A change',
      [],
    ],
    [
      'a workflow that filters it',
      { '.gitlab-ci.yml': 'workflow: { rules: [{ when: never }] }\na: { script: x }' },
      [],
      'A change',
      [],
    ],
    ['ci.no_pipeline', { '.gitlab-ci.yml': CONFIG }, ['ci.no_pipeline'], 'A change', []],
    ['ci.skip', { '.gitlab-ci.yml': CONFIG }, ['ci.skip'], 'A change', ['skipped']],
    ['[skip ci]', { '.gitlab-ci.yml': CONFIG }, [], 'A change [skip ci]', ['skipped']],
  ])('a push with %s', async (_, files: Record<string, string>, options: string[], message, statuses) => {
    const { push, accept } = await house();
    const made = await accept(await push(files, ['refs/heads/main'], message), options);
    expect(made.map(({ status }) => status)).toEqual(statuses);
  });

  test('somebody who asks for a pipeline that cannot be is told why, and nothing is stored', async () => {
    const { push, repositories, project_id, user_id, pipelines } = await house();
    const ask = async (files: Record<string, string>) => {
      const [command] = await push(files);
      const [project, user] = [
        await findProject(db.read, String(project_id)),
        await findUser(db.read, user_id),
      ];
      return createPipeline(
        db,
        repositories,
        settings,
        {
          project: project!,
          user: user!,
          ref: 'main',
          tag: false,
          sha: command!.new,
          before_sha: ZERO_SHA,
          source: 'api',
          variables: [],
          push_id: null,
        },
        START,
      );
    };
    expect(await ask({})).toMatchObject({ outcome: 'refused', messages: ['Missing CI config file'] });
    expect(await ask({ '.gitlab-ci.yml': 'a: { script: x, only: [tags] }' })).toMatchObject({
      outcome: 'refused',
    });
    expect(await pipelines()).toEqual([]);
    expect(await ask({ '.gitlab-ci.yml': CONFIG })).toMatchObject({ outcome: 'created' });
  });
});
