import { beforeAll, describe, expect, test } from 'vitest';
import type { ShownConfiguration } from '../../src/pipelines/kept-configuration.ts';
import type { Api } from '../support/api.ts';
import { bridgeViews, run } from '../support/bridges.ts';
import { type CiProject, ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { openRunnerHouse, PATIENT, projectRunner, type RunnerHouse } from '../support/runner-house.ts';
import { schedulesOf } from '../support/schedules.ts';
import { zipOf } from '../support/zip.ts';

const CONFIG = `spec:
  inputs:
    where:
    size: { type: number, default: 1 }
---
include: /ci/part.yml
deploy: { script: to $[[ inputs.where ]] of size $[[ inputs.size ]] }
`;
const part = (word: string) => `part: { script: ${word} }\n`;
const merged = (word: string, deploy: string) =>
  `---\npart:\n  script: ${word}\ndeploy:\n  script: ${deploy}\n`;
const CHILD = `spec: { inputs: { env: } }\n---\nunit: { script: in $[[ inputs.env ]] }\n`;
const UNIT = '---\nunit:\n  script: in prod\n';

/** Bytes. */
const MOST = 50_000;
const long = (length: number) =>
  `spec: { inputs: { a: } }\n---\ninclude: ci/part.yml\nunit: { script: ${'x'.repeat(length)} }\n`;

describe.each(databases)('what a pipeline was made of, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { merged_yaml_size: MOST });
    ({ api } = house);
  });
  const { bridgeThat } = bridgeViews(() => api);

  async function scene(config = CONFIG, files: Record<string, string> = { 'ci/part.yml': part('first') }) {
    const project = await ciProject(house);
    for (const [path, text] of Object.entries(files)) await project.commitFile(path, text);
    const sha = await project.commit(config);
    return { ...project, sha };
  }
  const kept = async ({ at }: { at: string }, id: number): Promise<ShownConfiguration> => {
    const { status, body } = await api<ShownConfiguration>('GET', `${at}/pipelines/${id}/configuration`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  };
  async function create({ at }: { at: string }, inputs: object = {}): Promise<number> {
    const made = await api<{ id: number }>('POST', `${at}/pipeline`, { body: { ref: 'main', inputs } });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body.id;
  }
  /** The newest pipeline once this has been pushed. */
  async function pushed({ at }: CiProject, content: string, commit_message = 'A change') {
    const actions = [{ action: 'update', file_path: '.gitlab-ci.yml', content }];
    const body = { branch: 'main', commit_message, actions };
    expect((await api('POST', `${at}/repository/commits`, { body })).status).toBe(201);
    const { body: pipelines } = await api<{ id: number; status: string }[]>('GET', `${at}/pipelines`);
    return pipelines[0] as { id: number; status: string };
  }

  test('is kept with it as it was then, with what it was given, whatever becomes of its files', async () => {
    const project = await scene();
    const id = await create(project, { where: 'eu', size: 2 });
    await project.commitFile('ci/part.yml', part('changed'));
    expect(await kept(project, id)).toEqual({
      file: '.gitlab-ci.yml',
      inputs: [
        { name: 'where', value: 'eu', file: '.gitlab-ci.yml' },
        { name: 'size', value: 2, file: '.gitlab-ci.yml' },
      ],
      includes: [
        {
          type: 'local',
          location: 'ci/part.yml',
          blob: `${house.url}/${project.path}/-/blob/${project.sha}/ci/part.yml`,
          raw: `${house.url}/${project.path}/-/raw/${project.sha}/ci/part.yml`,
          extra: {},
          context_project: project.path,
          context_sha: project.sha,
        },
      ],
      merged_yaml: merged('first', 'to eu of size 2'),
      reason: null,
    });
    const later = await kept(project, await create(project, { where: 'us' }));
    expect(later.merged_yaml).toBe(merged('changed', 'to us of size 1'));
  });

  test('is what lint says of the commit, where nothing was given', async () => {
    const config =
      '.base: { image: a }\nunit: { extends: .base, script: [a, !reference [.base, image]] }\ninclude: ci/part.yml\n';
    const project = await scene(config);
    const { body: lint } = await api<ShownConfiguration>(
      'GET',
      `${project.at}/ci/lint?content_ref=${project.sha}`,
    );
    const found = await kept(project, await create(project));
    expect(found).toMatchObject({ merged_yaml: lint.merged_yaml, includes: lint.includes, inputs: [] });
    expect(found.merged_yaml).toContain('unit:');
  });

  test('is kept of a push, which is given nothing', async () => {
    const project = await scene();
    const { id } = await pushed(project, 'unit: { script: pushed }');
    expect(await kept(project, id)).toMatchObject({
      inputs: [],
      merged_yaml: '---\nunit:\n  script: pushed\n',
    });
  });

  test('is kept of whoever has a trigger token, and of a schedule', async () => {
    const project = await scene();
    const { body: trigger } = await api<{ token: string }>('POST', `${project.at}/triggers`, {
      body: { description: 'x' },
    });
    const { body: triggered } = await api<{ id: number }>('POST', `${project.at}/trigger/pipeline`, {
      token: null,
      body: { token: trigger.token, ref: 'main', inputs: { where: 'there', size: '3' } },
    });
    expect(await kept(project, triggered.id)).toMatchObject({
      inputs: [
        { name: 'where', value: 'there' },
        { name: 'size', value: '3' },
      ],
      merged_yaml: merged('first', 'to there of size 3'),
    });
    const { schedule, ask, pipelines } = schedulesOf(house, project);
    const { id } = await schedule({ inputs: [{ name: 'where', value: 'nightly' }] });
    await ask('POST', `/${id}/play`);
    await expect.poll(async () => (await pipelines(id)).length, PATIENT).toBe(1);
    const [nightly] = await pipelines(id);
    expect(await kept(project, nightly!.id)).toMatchObject({
      inputs: [{ name: 'where', value: 'nightly' }],
      merged_yaml: merged('first', 'to nightly of size 1'),
    });
  });

  test('is of a child what its bridge names and gives, not what the commit has', async () => {
    const config = `go: { trigger: { include: [{ local: child.yml, inputs: { env: prod } }] } }\n`;
    const project = await scene(config, { 'child.yml': CHILD });
    const { downstream_pipeline: child } = await bridgeThat(project, await create(project), 'success');
    expect(await kept(project, child!.id)).toMatchObject({
      file: null,
      inputs: [{ name: 'env', value: 'prod', file: 'child.yml' }],
      includes: [{ type: 'local', location: 'child.yml' }],
      merged_yaml: UNIT,
    });
  });

  test('is of a child also what a job has generated', async () => {
    const config = `generate: { stage: build, script: make, artifacts: { paths: [out] } }
go:
  stage: test
  variables: { FOLDER: out }
  trigger: { include: [{ artifact: $FOLDER/child.yml, job: generate, inputs: { env: prod } }] }
`;
    const project = await scene(config, {});
    const runner = await projectRunner(house, project.id);
    const id = await create(project);
    await run(runner, 'generate', 'success', { archive: await zipOf({ 'out/child.yml': CHILD }) });
    const { downstream_pipeline: child } = await bridgeThat(project, id, 'success');
    expect(await kept(project, child!.id)).toMatchObject({
      file: null,
      inputs: [{ name: 'env', value: 'prod', file: '$FOLDER/child.yml' }],
      includes: [
        { type: 'artifact', location: 'out/child.yml', extra: { job_name: 'generate' }, blob: null },
      ],
      merged_yaml: UNIT,
    });
    runner.close();
  });

  test('is of a pipeline in another project the file of that one', async () => {
    const other = await scene(CHILD, {});
    const config = `go: { trigger: { project: ${other.path}, inputs: { env: prod } } }\n`;
    const project = await scene(config, {});
    const { downstream_pipeline: made } = await bridgeThat(project, await create(project), 'success');
    expect(await kept(other, made!.id)).toMatchObject({
      file: '.gitlab-ci.yml',
      inputs: [{ name: 'env', value: 'prod', file: '.gitlab-ci.yml' }],
      merged_yaml: UNIT,
    });
  });

  test('is as much of a configuration with mistakes as could be read', async () => {
    const project = await scene();
    const wrong = await pushed(project, 'include: ci/part.yml\nunit: { script: a, needs: [nobody] }');
    expect(wrong.status).toBe('failed');
    expect(await kept(project, wrong.id)).toMatchObject({
      includes: [{ location: 'ci/part.yml' }],
      merged_yaml: expect.stringContaining('nobody') as string,
      reason: null,
    });
    const unread = await pushed(project, CONFIG);
    expect(unread.status).toBe('failed');
    expect(await kept(project, unread.id)).toEqual({
      file: '.gitlab-ci.yml',
      inputs: [],
      includes: null,
      merged_yaml: null,
      reason: 'unreadable',
    });
  });

  test('is not kept in one when that is too large; what it was given and came from is', async () => {
    const project = await scene(long(MOST));
    const inputs = { a: 'b' };
    expect(await kept(project, await create(project, inputs))).toMatchObject({
      inputs: [{ name: 'a', value: 'b' }],
      includes: [{ location: 'ci/part.yml' }],
      merged_yaml: null,
      reason: 'too_large',
    });
    await project.commit(long(MOST - 1000));
    expect((await kept(project, await create(project, inputs))).merged_yaml).toContain(
      'x'.repeat(MOST - 1000),
    );
  });

  test('goes with the pipeline', async () => {
    const project = await scene();
    const id = await create(project, { where: 'eu' });
    expect((await api('DELETE', `${project.at}/pipelines/${id}`)).status).toBe(204);
    expect((await api('GET', `${project.at}/pipelines/${id}/configuration`)).status).toBe(404);
    const rows = house.parts.db.read.selectFrom('pipeline_explanations').select('pipeline_id');
    expect(await rows.where('pipeline_id', '=', id).execute()).toEqual([]);
  });

  test('is not known of one that was skipped, or created before it was kept, which says so', async () => {
    const project = await scene();
    const old = await create(project, { where: 'eu' });
    await house.parts.db.write((tx) =>
      tx
        .updateTable('pipeline_explanations')
        .set({ configuration: null, merged_yaml: null })
        .where('pipeline_id', '=', old)
        .execute(),
    );
    const skipped = await pushed(project, CONFIG.replace('size', 'width'), 'Later [skip ci]');
    for (const id of [old, skipped.id])
      expect(await api('GET', `${project.at}/pipelines/${id}/configuration`)).toMatchObject({
        status: 404,
        body: { message: expect.stringMatching(/^404 Configuration Not Found: none was kept/) as string },
      });
  });
});
