import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createTestRunner, START } from '../../test/support/pipelines.ts';
import { CONFIG, openPushHouse, secret_key, settings } from '../../test/support/push-house.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { SigningKey } from '../id-tokens/signing-key.ts';
import { findProject } from '../projects/project-store.ts';
import { decrypt } from '../variables/encrypt.ts';
import { claimJob } from './claim-job.ts';
import { readPipelineVariables } from './pipeline-store.ts';
import { runnerPayload } from './runner-payload.ts';

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });
  const house = () => openPushHouse(db);

  test('a runner is told all it needs', async () => {
    const { push, accept, repositories, project_id } = await house();
    const commands = await push({ '.gitlab-ci.yml': CONFIG });
    const [pipeline] = await accept(commands, ['ci.variable="SECRET=a $ b"']);
    const [stored] = await readPipelineVariables(db.read, pipeline!.id);
    expect(stored!.value).not.toContain('a $ b');
    expect(decrypt(secret_key, stored!.value)).toBe('a $ b');
    const { runner, manager } = await createTestRunner(db, {
      runner_type: 'project_type',
      projects: [project_id],
    });
    const claimed = (await claimJob(db, runner, manager, START, 1000))!;
    const payload = await runnerPayload(db, repositories, settings, new SigningKey('unused'), claimed, START);
    const project = await findProject(db.read, String(project_id));
    expect(payload).toMatchObject({
      id: claimed.job.id,
      token: claimed.token,
      allow_git_fetch: true,
      job_info: { name: 'build', stage: 'build', project_id },
      git_info: {
        repo_url: `https://gitlab-ci-token:${claimed.token}@ci.example.org/${project!.path_with_namespace}.git`,
        sha: commands[0]!.new,
        depth: 20,
        refspecs: [
          `+refs/pipelines/${pipeline!.id}:refs/pipelines/${pipeline!.id}`,
          '+refs/heads/main:refs/remotes/origin/main',
        ],
      },
      runner_info: { timeout: 3600 },
      steps: [{ name: 'script', script: ['make'], timeout: 3600, when: 'on_success', allow_failure: false }],
      artifacts: [{ paths: ['out'], when: 'on_success', artifact_type: 'archive', artifact_format: 'zip' }],
      dependencies: [],
    });
    const values = Object.fromEntries(payload.variables.map(({ key, value }) => [key, value]));
    expect(values).toMatchObject({
      CI: 'true',
      CI_JOB_ID: String(claimed.job.id),
      CI_PIPELINE_ID: String(pipeline!.id),
      CI_PIPELINE_IID: '1',
      CI_COMMIT_BRANCH: 'main',
      CI_COMMIT_SHA: commands[0]!.new,
      CI_RUNNER_ID: String(runner.id),
      CI_JOB_TOKEN: claimed.token,
      GREETING: `hello ${project!.path}`,
      SECRET: 'a $ b',
    });
    const token = payload.variables.find(({ key }) => key === 'CI_JOB_TOKEN');
    expect(token).toMatchObject({ masked: true, public: false });
  });
});
