import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { START } from '../../test/support/pipelines.ts';
import { CONFIG, openPushHouse, settings as ofTests } from '../../test/support/push-house.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { findUser } from '../access/access-store.ts';
import type { Database } from '../db/database.ts';
import { ZERO_SHA } from '../git/repository.ts';
import { findProject } from '../projects/project-store.ts';
import { acceptPush } from './accept-push.ts';
import { CompilerThread } from './compiler-thread.ts';
import { createPipeline, type PipelineSettings } from './create-pipeline.ts';

const INVALID = 'build: { stage: nowhere, script: x }';
const FILTERED = 'workflow: { rules: [{ when: never }] }\na: { script: x }';
const EMPTY = 'a: { script: x, rules: [{ when: never }] }';
const thread = new CompilerThread();
afterAll(() => thread.close());

describe.each(databases)('what was compiled is written down on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  /** Commits this configuration, and tells whether the thread has drafted what is kept of it, and what is. */
  async function scene(config: string) {
    const house = await openPushHouse(db);
    const drafted: boolean[] = [];
    const settings: PipelineSettings = {
      ...ofTests,
      async compile(input) {
        const result = await thread.compile(input);
        drafted.push(result.kept !== undefined);
        return result;
      },
    };
    const commands = await house.push({ '.gitlab-ci.yml': config });
    const kept = async () => {
      const rows = await db.read
        .selectFrom('pipelines')
        .innerJoin('pipeline_explanations', 'pipeline_id', 'pipelines.id')
        .where('project_id', '=', house.project_id)
        .select('configuration')
        .execute();
      return rows.map(({ configuration }) => JSON.parse(configuration ?? '').reason);
    };
    return { ...house, settings, commands, seen: async () => ({ drafted, kept: await kept() }) };
  }

  test.each([
    ['a plan', CONFIG, { drafted: [true], kept: [null] }],
    ['mistakes, which make a failed pipeline', INVALID, { drafted: [true], kept: [null] }],
    ['a workflow that filters it', FILTERED, { drafted: [false], kept: [] }],
    ['no jobs', EMPTY, { drafted: [false], kept: [] }],
  ])('for a push where a pipeline keeps it: of %s', async (_, config, wanted) => {
    const { repositories, settings, store, commands, seen } = await scene(config);
    await acceptPush(db, repositories, settings, await store(commands), commands, START);
    expect(await seen()).toEqual(wanted);
  });

  test.each([
    ['a plan', CONFIG, { drafted: [true], kept: [null] }],
    ['mistakes, which are only told', INVALID, { drafted: [false], kept: [] }],
    ['a workflow that filters it', FILTERED, { drafted: [false], kept: [] }],
    ['no jobs', EMPTY, { drafted: [false], kept: [] }],
  ])('for whoever asks by the API where a pipeline keeps it: of %s', async (_, config, wanted) => {
    const { repositories, settings, project_id, user_id, commands, seen } = await scene(config);
    const request = {
      project: (await findProject(db.read, String(project_id)))!,
      user: (await findUser(db.read, user_id))!,
      ref: 'main',
      tag: false,
      sha: commands[0]!.new,
      before_sha: ZERO_SHA,
      source: 'push',
      variables: [],
      push_id: null,
    };
    await createPipeline(db, repositories, settings, request, START);
    expect(await seen()).toEqual(wanted);
  });
});
