import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, START } from '../../test/support/pipelines.ts';
import { commitIn, git, serverAndTree } from '../../test/support/repositories.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { compile } from '../ci/compile.ts';
import type { CompileInput } from '../ci/plan.ts';
import type { Database } from '../db/database.ts';
import { findBranchTip } from '../git/revision.ts';
import { ZERO_SHA } from '../git/repository.ts';
import { acceptOpenPushes } from './accept-push.ts';
import type { PipelineSettings } from './create-pipeline.ts';
import { pushRefs } from './push-refs.ts';
import { draftResult } from './pipeline-draft.ts';
import { openPushes } from './push-store.ts';
import { RemoteFiles } from './remote-files.ts';

const settings: PipelineSettings = {
  server: { url: 'https://ci.example.org', version: '19.0.0', revision: 'abc' },
  secret_key: randomBytes(32),
  compile: async (input: CompileInput) => draftResult(await compile(input), input),
  remote: new RemoteFiles({ allowed: [], deadline: 1000, clock: Date.now }),
};
/** The process ends where these are asked for: after the refs have moved, before there are pipelines. */
const dying = (): PipelineSettings => ({
  ...settings,
  get server(): never {
    throw new Error('the end');
  },
});

const report = (_: object, error: unknown) => {
  throw error;
};

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  /** A project whose repository has a commit that no branch has yet. */
  async function house() {
    const { repositories, tree } = await serverAndTree();
    const { id: project_id, user_id } = await createProject(db, { shared_runners_enabled: 0 });
    const repository = await repositories.create(project_id, 'main');
    const sha = await commitIn(tree, { '.gitlab-ci.yml': 'unit:\n  script: make\n' });
    await git(tree, ['push', '-q', repository.folder, 'HEAD:refs/notes/elsewhere']);
    const updates = [{ ref: 'refs/heads/main', old: ZERO_SHA, new: sha }];
    const shas = async () => {
      const rows = db.read.selectFrom('pipelines').select('sha').where('project_id', '=', project_id);
      return (await rows.execute()).map((row) => row.sha);
    };
    const open = async () =>
      (await openPushes(db.read, 0, 100, START)).filter((push) => push.project_id === project_id);
    return { repositories, repository, push: { project_id, user_id, updates }, sha, shas, open };
  }

  test('refs are moved with their pipelines, and the push is dealt with', async () => {
    const { repositories, repository, push, sha, shas, open } = await house();
    const made = await pushRefs(db, repositories, settings, push, START);
    expect(made.map((pipeline) => [pipeline.ref, pipeline.source])).toEqual([['main', 'push']]);
    expect([await findBranchTip(repository, 'main'), await shas(), await open()]).toEqual([sha, [sha], []]);
  });

  test('a crash after the refs have moved costs no pipeline', async () => {
    const { repositories, repository, push, sha, shas, open } = await house();
    await expect(pushRefs(db, repositories, dying(), push, START)).rejects.toThrow('the end');
    expect([await findBranchTip(repository, 'main'), await shas()]).toEqual([sha, []]);
    expect(await open()).toHaveLength(1);
    await acceptOpenPushes(db, repositories, settings, START, report);
    await acceptOpenPushes(db, repositories, settings, START, report);
    expect([await shas(), await open()]).toEqual([[sha], []]);
  });

  test('where somebody was quicker nothing is moved, and nothing is left to look after', async () => {
    const { repositories, push, sha, shas, open } = await house();
    await pushRefs(db, repositories, settings, push, START);
    await expect(pushRefs(db, repositories, settings, push, START)).rejects.toMatchObject({
      code: 'ref_exists',
    });
    const updates = [{ ref: 'refs/heads/main', old: 'f'.repeat(40), new: ZERO_SHA }];
    const stale = pushRefs(db, repositories, settings, { ...push, updates }, START);
    await expect(stale).rejects.toMatchObject({ code: 'stale' });
    expect([await shas(), await open()]).toEqual([[sha], []]);
  });
});
