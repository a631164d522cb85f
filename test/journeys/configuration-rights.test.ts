import { beforeAll, describe, expect, test } from 'vitest';
import type { ShownConfiguration } from '../../src/pipelines/kept-configuration.ts';
import type { Api } from '../support/api.ts';
import { bridgeViews, run } from '../support/bridges.ts';
import { type CiProject, ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { personWith } from '../support/job-scenes.ts';
import { openRunnerHouse, projectRunner, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

const expanding = (variable: string) => `spec: { inputs: { at: { default: $${variable} } } }
---
unit: { script: go to $[[ inputs.at | expand_vars ]] }
`;
const NOT_PERMITTED = { includes: null, merged_yaml: null, reason: 'not_permitted' };

describe.each(databases)('what a pipeline was made of is shown, on %s,', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });
  const { bridgeThat } = bridgeViews(() => api);

  async function scene(config: string) {
    const project = await ciProject(house);
    await project.commit(config);
    return project;
  }
  async function create({ at }: CiProject, token?: string, ref = 'main'): Promise<number> {
    const made = await api<{ id: number }>('POST', `${at}/pipeline`, {
      body: { ref },
      ...(token !== undefined && { token }),
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body.id;
  }
  const shown = ({ at }: CiProject, id: number, token?: string | null) =>
    api<ShownConfiguration>(
      'GET',
      `${at}/pipelines/${id}/configuration`,
      token === undefined ? {} : { token },
    );

  test('to whoever may read jobs and code', async () => {
    const project = await scene('unit: { script: a }');
    const id = await create(project);
    const reporter = await personWith(api, 'reporter', project.id);
    expect(await shown(project, id, reporter.token)).toMatchObject({ status: 200, body: { reason: null } });
    const guest = await personWith(api, 'guest', project.id);
    expect((await shown(project, id, guest.token)).status).toBe(403);
    const outsider = await personWith(api, 'outsider', project.id);
    expect((await shown(project, id, outsider.token)).status).toBe(404);
    expect((await shown(project, id, null)).status).toBe(404);
    const body = { visibility: 'public' };
    expect((await api('PUT', project.at, { body })).status).toBe(200);
    expect(await shown(project, id, null)).toMatchObject({ status: 200, body: { reason: null } });
    expect((await shown(await scene('a: { script: b }'), id)).status).toBe(404);
  });

  test('where files of other projects are in it, to those alone who may read their code', async () => {
    const shared = await ciProject(house);
    await shared.commitFile('ci/a.yml', 'theirs: { script: a }\n');
    const project = await scene(`include: { project: ${shared.path}, file: ci/a.yml }\n`);
    const id = await create(project);
    const { token, id: user_id } = await personWith(api, 'maintainer', project.id);
    expect((await shown(project, id)).body.merged_yaml).toContain('theirs:');
    expect((await shown(project, id, token)).body).toEqual({
      file: '.gitlab-ci.yml',
      inputs: [],
      ...NOT_PERMITTED,
    });
    const body = { user_id, access_level: 20 };
    expect((await api('POST', `${shared.at}/members`, { body })).status).toBe(201);
    expect((await shown(project, id, token)).body.merged_yaml).toContain('theirs:');
    expect((await api('DELETE', shared.at)).status).toBe(202);
    expect((await shown(project, id)).body).toMatchObject(NOT_PERMITTED);
  });

  test('where values of variables are in it, to maintainers and to whoever began it alone', async () => {
    const project = await ciProject(house);
    await project.commit(expanding('WHERE'), 'free');
    const body = { key: 'WHERE', value: 'where-nobody-goes' };
    expect((await api('POST', `${project.at}/variables`, { body })).status).toBe(201);
    const [one, other] = [
      await personWith(api, 'developer', project.id),
      await personWith(api, 'developer', project.id),
    ];
    const maintainer = await personWith(api, 'maintainer', project.id);
    const id = await create(project, one.token, 'free');
    for (const { token } of [one, maintainer])
      expect((await shown(project, id, token)).body.merged_yaml).toContain('where-nobody-goes');
    expect((await shown(project, id, other.token)).body).toMatchObject(NOT_PERMITTED);
    const rows = await house.parts.db.read.selectFrom('pipeline_explanations').selectAll().execute();
    for (const { merged_yaml } of rows) expect(merged_yaml).toMatch(/^v1\./);

    // What the server says of the pipeline itself is no secret.
    await project.commit(expanding('CI_PROJECT_PATH'), 'free');
    const open = await create(project, one.token, 'free');
    expect((await shown(project, open, other.token)).body.merged_yaml).toContain(project.path);
  });

  test('where it was generated, to those alone who may read the artifacts', async () => {
    const project =
      await scene(`generate: { stage: build, script: make, artifacts: { paths: [a.yml], access: maintainer } }
go: { stage: test, trigger: { include: [{ artifact: a.yml, job: generate }] } }
`);
    const runner = await projectRunner(house, project.id);
    const id = await create(project);
    await run(runner, 'generate', 'success', { archive: await zipOf({ 'a.yml': 'unit: { script: a }' }) });
    const { downstream_pipeline: child } = await bridgeThat(project, id, 'success');
    const developer = await personWith(api, 'developer', project.id);
    const maintainer = await personWith(api, 'maintainer', project.id);
    expect((await shown(project, child!.id, developer.token)).body).toMatchObject(NOT_PERMITTED);
    expect((await shown(project, child!.id, maintainer.token)).body.merged_yaml).toContain('unit:');
    runner.close();
  });
});
