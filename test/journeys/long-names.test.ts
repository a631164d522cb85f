import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { bootServer } from '../support/server.ts';

/** Text that no index makes shorter by compressing it. */
const long = (length: number) => randomBytes(length).toString('hex').slice(0, length);

describe.each(databases)('names that are far too long, on %s', (database) => {
  let api: Api;
  let project: number;
  beforeAll(async () => {
    ({ api } = await bootServer({ database }));
    const body = { name: 'p', initialize_with_readme: true };
    project = (await api<{ id: number }>('POST', '/projects', { body })).body.id;
  });

  let branches = 0;
  /** What is wrong with the pipeline of a push with this configuration. */
  async function mistakesOf(config: object): Promise<string | null> {
    const branch = `branch-${++branches}`;
    const content = JSON.stringify(config);
    const body = {
      branch,
      start_branch: 'main',
      commit_message: 'Long',
      actions: [{ action: 'create', file_path: '.gitlab-ci.yml', content }],
    };
    expect(await api('POST', `/projects/${project}/repository/commits`, { body })).toMatchObject({
      status: 201,
    });
    const { body: latest } = await api<{ yaml_errors: string | null }>(
      'GET',
      `/projects/${project}/pipelines/latest?ref=${branch}`,
    );
    return latest.yaml_errors;
  }

  const withTags = (tags: string[]) => mistakesOf({ unit: { script: 'make', tags } });
  const inStage = (stage: string) => mistakesOf({ stages: [stage], unit: { stage, script: 'make' } });

  test('of tags are told with the pipeline, one by one and together', async () => {
    const told = 'unit: tags are too long (maximum is 2000 bytes together)';
    expect(await withTags([long(5000)])).toBe(told);
    expect(await withTags(Array.from({ length: 49 }, () => long(60)))).toBe(told);
    expect(await withTags(Array.from({ length: 40 }, () => long(49)))).toBeNull();
  });

  test('of stages are told with the pipeline', async () => {
    expect(await inStage(long(256))).toBe(
      'stages config has a name that is too long (maximum is 255 characters)',
    );
    expect(await inStage(long(255))).toBeNull();
  });

  test('of branches and tags to protect, of machines and of mailboxes are refused', async () => {
    for (const kind of ['protected_branches', 'protected_tags'])
      expect(await api('POST', `/projects/${project}/${kind}`, { body: { name: long(5000) } })).toMatchObject(
        {
          status: 400,
          body: { error: 'name is too long (maximum is 1024 characters)' },
        },
      );
    const runner = await api<{ token: string }>('POST', '/user/runners', {
      body: { runner_type: 'instance_type' },
    });
    const body = { token: runner.body.token, system_id: long(5000) };
    for (const path of ['/runners/verify', '/jobs/request'])
      expect(await api('POST', path, { token: null, body })).toMatchObject({
        status: 400,
        body: { error: 'system_id is too long (maximum is 64 characters)' },
      });
    const user = { username: 'ann', name: 'Ann', email: `${long(5000)}@x.org`, password: 'a good password' };
    expect(await api('POST', '/users', { body: user })).toMatchObject({
      status: 400,
      body: { message: { email: ['is too long (maximum is 255 characters)'] } },
    });
  });

  test('of groups within groups are refused where the database cannot have them', async () => {
    let parent_id: number | undefined;
    let last: Awaited<ReturnType<typeof api<{ id: number }>>> | undefined;
    for (let depth = 0; depth < 15; depth++) {
      const body = { name: 'deep', path: `g${long(200)}`, ...(parent_id && { parent_id }) };
      last = await api<{ id: number }>('POST', '/groups', { body });
      if (last.status !== 201) break;
      parent_id = last.body.id;
    }
    const refused = { status: 400, body: { message: '400 Bad request - A name or path is too long' } };
    expect(last).toMatchObject(database === 'sqlite' ? { status: 201 } : refused);
  });
});
