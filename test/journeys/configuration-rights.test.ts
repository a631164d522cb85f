import { beforeAll, describe, expect, test } from 'vitest';
import type { ShownConfiguration } from '../../src/pipelines/kept-configuration.ts';
import { unpackText } from '../../src/pipelines/pack-text.ts';
import type { Api } from '../support/api.ts';
import type { Explanation } from '../../src/ci/explanation.ts';
import { bridgeViews, type PipelineBody, run } from '../support/bridges.ts';
import { type CiProject, ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { personWith } from '../support/job-scenes.ts';
import { openRunnerHouse, projectRunner, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

const expanding = (variable: string) => `spec: { inputs: { at: { default: $${variable} } } }
---
unit: { script: go to $[[ inputs.at | expand_vars ]] }
`;
const SECRET = 'where-nobody-goes';
const GIVING = '$[[ inputs.at | expand_vars ]]';
/** What is given `env`, and tells it wherever it can. */
const TELLING = `spec: { inputs: { env: { default: x } } }
---
variables: { TARGET: "$[[ inputs.env ]]" }
unit: { script: go to $[[ inputs.env ]], rules: [{ if: $TARGET == "$[[ inputs.env ]]" }] }
`;
const NOT_PERMITTED = { includes: null, merged_yaml: null, reason: 'not_permitted' };
const HIDDEN = {
  seen: { ...NOT_PERMITTED, inputs: null },
  reporter: [false, false],
  maintainer: [true, true],
};

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
  const shown = ({ at }: { at: string }, id: number, token?: string | null) =>
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

  const explained = ({ at }: { at: string }, id: number, token: string) =>
    api<Explanation>('GET', `${at}/pipelines/${id}/explain`, { token });

  /** A project whose input `at` is the value of a variable, for which `go` does this. */
  async function givingScene(go: string, files: Record<string, string> = {}) {
    const project = await ciProject(house);
    for (const [path, text] of Object.entries(files)) await project.commitFile(path, text);
    await project.commit(`spec: { inputs: { at: { default: $WHERE } } }\n---\ngo: ${go}\n`);
    const body = { key: 'WHERE', value: SECRET };
    expect((await api('POST', `${project.at}/variables`, { body })).status).toBe(201);
    return project;
  }
  /** Who is told the value by what the pipeline was made of, and by why it is so; and what others see of the former. */
  async function toldOf({ id, at }: CiProject, pipeline: number) {
    const tells = async (role: 'reporter' | 'maintainer') => {
      const { token } = await personWith(api, role, id);
      const replies = [await shown({ at }, pipeline, token), await explained({ at }, pipeline, token)];
      expect(replies.map(({ status }) => status)).toEqual([200, 200]);
      return [replies[0]!.body, ...replies.map(({ body }) => JSON.stringify(body).includes(SECRET))];
    };
    const [seen, ...reporter] = await tells('reporter');
    const [, ...maintainer] = await tells('maintainer');
    return { seen, reporter, maintainer };
  }
  const childOf = async (project: CiProject, id: number): Promise<PipelineBody> =>
    (await bridgeThat(project, id, 'success')).downstream_pipeline!;

  test('where a bridge gives such a value to its child, and that to its own, as little as its parent', async () => {
    const project = await givingScene(
      `{ trigger: { include: [{ local: child.yml, inputs: { env: "${GIVING}" } }] } }`,
      {
        'child.yml': `${TELLING}more: { trigger: { include: [{ local: grand.yml, inputs: { env: "$[[ inputs.env ]]" } }] } }\n`,
        'grand.yml': TELLING,
      },
    );
    const id = await create(project);
    const reporter = await personWith(api, 'reporter', project.id);
    expect((await shown(project, id, reporter.token)).body).toEqual({
      file: '.gitlab-ci.yml',
      inputs: [],
      ...NOT_PERMITTED,
    });
    const child = await childOf(project, id);
    expect(await toldOf(project, child.id)).toMatchObject(HIDDEN);
    expect(await toldOf(project, (await childOf(project, child.id)).id)).toMatchObject(HIDDEN);
  });

  test('where a bridge gives such a value to another project, to the maintainers there', async () => {
    const other = await ciProject(house);
    await other.commit(TELLING);
    const project = await givingScene(
      `{ trigger: { project: ${other.path}, inputs: { env: "${GIVING}" } } }`,
    );
    expect(await toldOf(other, (await childOf(project, await create(project))).id)).toMatchObject(HIDDEN);
  });

  test('where a rule of what a bridge includes asks for such a value, which its child then tells', async () => {
    const project = await givingScene(
      `{ trigger: { include: [{ local: child.yml, rules: [{ if: '"${GIVING}" != ""' }] }] } }`,
      { 'child.yml': 'unit: { script: a }\n' },
    );
    expect(await toldOf(project, (await childOf(project, await create(project))).id)).toMatchObject(HIDDEN);
  });

  test("where an include with rules, a bridge's or its own, is given such a value", async () => {
    const item = `{ local: child.yml, inputs: { env: "${GIVING}" }, rules: [{ if: $CI_COMMIT_BRANCH }] }`;
    const files = { 'child.yml': TELLING };
    const bridge = await givingScene(`{ trigger: { include: [${item}] } }`, files);
    expect(await toldOf(bridge, (await childOf(bridge, await create(bridge))).id)).toMatchObject(HIDDEN);
    const own = await givingScene(`{ script: a }\ninclude: [${item}]`, files);
    const id = await create(own);
    const { reporter, maintainer } = await toldOf(own, id);
    expect({ reporter, maintainer }).toEqual({ reporter: HIDDEN.reporter, maintainer: HIDDEN.maintainer });
    // What all may read is stored as it is.
    for (const pipeline of await house.parts.db.read
      .selectFrom('pipeline_explanations')
      .selectAll()
      .execute())
      expect((await unpackText(pipeline.data)).toString()).not.toContain(SECRET);
  });

  test('where a bridge gives nothing, or what nobody hides, to all', async () => {
    const open = await scene(`go: { trigger: { include: [{ local: child.yml, inputs: { env: prod } }] } }\n`);
    const bare = await givingScene(
      `{ trigger: { include: [{ local: child.yml }] }, rules: [{ if: '"${GIVING}" != ""' }] }`,
    );
    for (const project of [open, bare]) {
      await project.commitFile('child.yml', TELLING);
      const { token } = await personWith(api, 'reporter', project.id);
      const id = await create(project);
      const child = await childOf(project, id);
      expect((await shown(project, child.id, token)).body).toMatchObject({ reason: null });
      const { body } = await explained(project, child.id, token);
      expect(body.jobs[0]?.decided_by?.expression).toContain('$TARGET ==');
    }
  });

  test('where rules have such values in them, these are told to the same alone', async () => {
    const project = await givingScene(
      `{ script: a, variables: { TO: "${GIVING}" }, rules: [{ if: $TO == "${GIVING}" }] }`,
    );
    const id = await create(project);
    const [reporter, maintainer] = [
      await personWith(api, 'reporter', project.id),
      await personWith(api, 'maintainer', project.id),
    ];
    const { body: hidden } = await explained(project, id, reporter.token);
    expect(hidden.jobs[0]).toMatchObject({ name: 'go', reason: 'rule', decided_by: { expression: null } });
    expect(JSON.stringify(hidden)).not.toContain(SECRET);
    const { body: told } = await explained(project, id, maintainer.token);
    expect(told.jobs[0]?.decided_by?.expression).toContain(SECRET);
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
