import { beforeAll, describe, expect, test } from 'vitest';
import type { Explanation } from '../../src/ci/explanation.ts';
import type { Api } from '../support/api.ts';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { personWith } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const CONFIG = `build:
  script: make
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
      when: never
    - if: $DEPLOY_KEY || $FLAG
docs: { script: a, rules: [{ changes: [docs/*] }] }
release: { script: a, rules: [{ if: $CI_COMMIT_TAG }] }
`;

const included = ({ body }: { body: Explanation }) =>
  body.jobs.filter((job) => job.included).map(({ name }) => name);

const firstRead = ({ body }: { body: Explanation }) => body.jobs[0]?.decided_by?.variables[0];

describe.each(databases)('why a job is in a pipeline, or is not, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  async function scene(config = CONFIG) {
    const project = await ciProject(house);
    const { at } = project;
    await project.commit(config);
    await api('POST', `${at}/variables`, { body: { key: 'DEPLOY_KEY', value: 'not-for-everybody' } });
    const create = async (body: object = {}) => {
      const made = await api<{ id: number }>('POST', `${at}/pipeline`, { body: { ref: 'main', ...body } });
      expect(made.status).toBe(201);
      return made.body.id;
    };
    const kept = (id: number, token?: string) =>
      api<Explanation>('GET', `${at}/pipelines/${id}/explain`, token === undefined ? {} : { token });
    const wouldBe = (body: object = {}, token?: string) =>
      api<Explanation>('POST', `${at}/ci/explain`, { body, ...(token !== undefined && { token }) });
    return { ...project, create, kept, wouldBe };
  }

  /** The newest pipeline once this is the configuration. */
  async function pushed(at: string, content: string, commit_message: string) {
    const actions = [{ action: 'update', file_path: '.gitlab-ci.yml', content }];
    const body = { branch: 'main', commit_message, actions };
    expect((await api('POST', `${at}/repository/commits`, { body })).status).toBe(201);
    const { body: pipelines } = await api<{ id: number; status: string }[]>('GET', `${at}/pipelines`);
    return pipelines[0] as { id: number; status: string };
  }

  test('is kept with it, whatever becomes of the file and the variables', async () => {
    const { create, kept, commit, at } = await scene();
    const id = await create();
    await commit('other: { script: a }');
    await api('PUT', `${at}/variables/DEPLOY_KEY`, { body: { value: 'changed' } });
    const found = await kept(id);
    expect([found.status, included(found)]).toEqual([200, ['build', 'docs']]);
    const [build, docs, release] = found.body.jobs;
    expect(build).toMatchObject({
      reason: 'rule',
      decided_by: {
        file: '.gitlab-ci.yml',
        line: 6,
        column: 7,
        variables: [
          { key: 'DEPLOY_KEY', value: 'not-for-everybody', source: 'given' },
          { key: 'FLAG', defined: false },
        ],
      },
      passed_over: [{ line: 4, variables: [{ key: 'CI_PIPELINE_SOURCE', value: 'api' }] }],
    });
    expect(docs).toMatchObject({ decided_by: { changes: { assumed: 'unknown' } } });
    expect(release).toMatchObject({ included: false, reason: 'no_rule_matched' });
  });

  test('shows what its project and its user have given to them and to maintainers alone', async () => {
    const { create, kept, id: project } = await scene();
    const id = await create();
    const developer = await personWith(api, 'developer', project);
    const maintainer = await personWith(api, 'maintainer', project);
    expect(firstRead(await kept(id, developer.token))).toMatchObject({
      key: 'DEPLOY_KEY',
      value: null,
      defined: true,
    });
    expect(firstRead(await kept(id, maintainer.token))).toMatchObject({ value: 'not-for-everybody' });
    const guest = await personWith(api, 'guest', project);
    expect((await kept(id, guest.token)).status).toBe(403);
    const rows = await house.parts.db.read.selectFrom('pipeline_explanations').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('not-for-everybody');
  });

  test('never shows a masked value, and does not store it', async () => {
    const { at, create, kept } = await scene('a: { script: b, rules: [{ if: $SECRET }] }');
    const body = { key: 'SECRET', value: 'hunter2-hunter2', masked: true };
    await api('POST', `${at}/variables`, { body });
    const { body: found } = await kept(await create());
    expect(found.jobs[0]?.decided_by?.variables).toMatchObject([{ key: 'SECRET', value: '[MASKED]' }]);
  });

  test('is kept of a pipeline whose configuration has mistakes', async () => {
    const { at, kept } = await scene();
    const content = 'a: { script: b, rules: [{ if: $NONE }] }\nb: { script: b, needs: [a] }';
    const pipeline = await pushed(at, content, 'A mistake');
    expect(pipeline.status).toBe('failed');
    const { body: found } = await kept(pipeline.id);
    expect(found).toMatchObject({ valid: false, errors: [{ line: 2 }] });
    expect(found.jobs).toMatchObject([
      { name: 'a', included: false, reason: 'no_rule_matched' },
      { name: 'b', included: true },
    ]);
  });

  test('goes with the pipeline, and one that has none says so', async () => {
    const { at, create, kept } = await scene();
    const id = await create();
    expect((await api('DELETE', `${at}/pipelines/${id}`)).status).toBe(204);
    expect((await kept(id)).status).toBe(404);
    const read = house.parts.db.read.selectFrom('pipeline_explanations').select('pipeline_id');
    expect(await read.where('pipeline_id', '=', id).execute()).toEqual([]);
  });

  test('says of a skipped pipeline who wanted that', async () => {
    const { at, kept } = await scene();
    const skipped = await pushed(at, CONFIG.replace('make', 'cmake'), 'Later [Skip CI]');
    expect(skipped.status).toBe('skipped');
    expect(await kept(skipped.id)).toMatchObject({
      status: 200,
      body: {
        valid: true,
        workflow: {
          included: false,
          reason: 'skipped',
          message: 'the message of the commit says [Skip CI]',
        },
        jobs: [],
      },
    });
    expect((await api('GET', `${at}/pipelines/${skipped.id}/configuration`)).status).toBe(404);
  });

  test('is told of one that might be: of another event, ref, change, variable and input, and none is created', async () => {
    const { at, wouldBe } = await scene();
    expect(included(await wouldBe())).toEqual(['build', 'docs']);
    expect(included(await wouldBe({ source: 'schedule', changed_files: ['src/a'] }))).toEqual([]);
    expect(included(await wouldBe({ source: 'schedule', changed_files: ['docs/a'] }))).toEqual(['docs']);
    expect(included(await wouldBe({ ref: 'v2', tag: true, changed_files: [] }))).toEqual([
      'build',
      'release',
    ]);
    const content = `spec: { inputs: { name: } }
---
$[[ inputs.name ]]: { script: a, rules: [{ if: $WHO == "ada" }] }`;
    const asked = { content, inputs: { name: 'mine' }, variables: [{ key: 'WHO', value: 'ada' }] };
    const found = await wouldBe(asked);
    expect(found.body.jobs).toMatchObject([
      { name: 'mine', included: true, line: 3, decided_by: { variables: [{ key: 'WHO', value: 'ada' }] } },
    ]);
    expect((await api('GET', `${at}/pipelines`)).body).toEqual([]);
  });

  test('is told of a merge request: of no branch, with its variables, and what its branch has changed', async () => {
    const content = `plain: { script: a }
name: { script: a, only: [topic] }
source: { script: a, only: [merge_requests] }
rule: { script: a, rules: [{ if: '$CI_MERGE_REQUEST_IID && $CI_MERGE_REQUEST_SOURCE_BRANCH_NAME == "topic"' }] }
target: { script: a, rules: [{ if: '$CI_MERGE_REQUEST_TARGET_BRANCH_NAME == $CI_DEFAULT_BRANCH' }] }
mine: { script: a, rules: [{ changes: [mine] }] }
other: { script: a, rules: [{ changes: [other] }] }
`;
    const { at, commit, wouldBe } = await scene(content);
    await commit(content, 'topic');
    const branch = 'topic';
    const actions = [{ action: 'create', file_path: 'mine', content: 'x' }];
    const body = { branch, commit_message: 'Mine', actions };
    expect((await api('POST', `${at}/repository/commits`, { body })).status).toBe(201);
    const source = 'merge_request_event';
    const found = await wouldBe({ ref: branch, source });
    expect(included(found)).toEqual(['source', 'rule', 'target', 'mine']);
    expect(firstRead({ body: { ...found.body, jobs: found.body.jobs.slice(3) } })).toMatchObject({
      key: 'CI_MERGE_REQUEST_IID',
      source: 'predefined',
    });
    const changed = await wouldBe({ ref: branch, source, changed_files: ['other'] });
    expect(included(changed)).toEqual(['source', 'rule', 'target', 'other']);
    expect(included(await wouldBe({ ref: branch }))).toEqual(['plain', 'name', 'mine', 'other']);
  });

  test('tells where a job deploys to', async () => {
    const { wouldBe } = await scene();
    const environment = 'environment: { name: review/$CI_COMMIT_BRANCH, url: https://a.test }';
    const rule = `if: '$CI_ENVIRONMENT_NAME == "review/main" && $CI_ENVIRONMENT_URL && $CI_ENVIRONMENT_SLUG == null'`;
    const { body } = await wouldBe({ content: `a: { script: b, ${environment}, rules: [{ ${rule} }] }` });
    expect(body.jobs[0]?.decided_by?.variables).toMatchObject([
      { key: 'CI_ENVIRONMENT_NAME', value: 'review/main', source: 'predefined' },
      { key: 'CI_ENVIRONMENT_URL', value: 'https://a.test', source: 'configuration' },
      { key: 'CI_ENVIRONMENT_SLUG', defined: false },
    ]);
  });

  test('and of a wrong one, where it is wrong', async () => {
    const { wouldBe } = await scene();
    expect(await wouldBe({ content: 'a: { script: b }\nc: { script: d, when: e }' })).toMatchObject({
      status: 200,
      body: { valid: false, errors: [{ line: 2, file: '.gitlab-ci.yml' }], jobs: [] },
    });
    expect((await wouldBe({ source: 'nonsense' })).status).toBe(400);
  });

  test('knows no more than the pipeline of who asks would', async () => {
    const { at, id, wouldBe } = await scene();
    await api('POST', `${at}/variables`, { body: { key: 'SECRET', value: 'of-main-only', protected: true } });
    const developer = await personWith(api, 'developer', id);
    const content = 'a: { script: b, rules: [{ if: $SECRET }] }';
    expect(included(await wouldBe({ content }))).toEqual(['a']);
    expect(included(await wouldBe({ content }, developer.token))).toEqual([]);
    expect(included(await wouldBe({ content, ref: 'new' }, developer.token))).toEqual([]);
    const reporter = await personWith(api, 'reporter', id);
    expect((await wouldBe({ content }, reporter.token)).status).toBe(403);
  });
});
