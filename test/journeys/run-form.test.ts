import { beforeAll, describe, expect, test } from 'vitest';
import type { RunForm } from '../../src/ci/run-form.ts';
import { Browser } from '../support/browser.ts';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, personWith, protectBranch, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

type Form = RunForm & { ref: string; tag: boolean; sha: string; allowed: boolean };

const CONFIG = `spec:
  inputs:
    environment:
      description: Where to
      options: [staging, production]
      default: staging
    version: { regex: ^v\\d+$, description: Which }
    replicas: { type: number, default: 2 }
    dry: { type: boolean, default: true }
    regions: { type: array, default: [eu, us] }
    size:
      rules:
        - if: $[[ inputs.environment ]] == "production"
          options: [large, huge]
          default: large
        - default: small
          options: [small]
---
variables:
  PLAIN: one
  ASKED:
    value: "no"
    description: Really?
    options: ["no", "yes"]
deploy: { script: "echo $[[ inputs.version ]] $[[ inputs.replicas ]]" }
`;

describe.each(databases)('the form of a new pipeline, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  const formOf = async (at: string, query = '', token?: string) =>
    await house.api<Form>('GET', `${at}/ci/run_form${query}`, token === undefined ? {} : { token });

  test('has the inputs and variables of the configuration', async () => {
    const { at, commit } = await ciProject(house);
    const sha = await commit(CONFIG);
    const { status, body } = await formOf(at, '?ref=main');
    expect(status).toBe(200);
    const head = { ref: 'main', tag: false, sha, allowed: true, valid: true, errors: [], warnings: [] };
    expect(body).toMatchObject(head);
    const plain = { description: null, required: false, options: null, regex: null, rules: null };
    expect(body.inputs).toEqual([
      {
        ...plain,
        name: 'environment',
        type: 'string',
        description: 'Where to',
        default: 'staging',
        options: ['staging', 'production'],
      },
      {
        ...plain,
        name: 'version',
        type: 'string',
        description: 'Which',
        required: true,
        default: null,
        regex: '^v\\d+$',
      },
      { ...plain, name: 'replicas', type: 'number', default: 2 },
      { ...plain, name: 'dry', type: 'boolean', default: true },
      { ...plain, name: 'regions', type: 'array', default: ['eu', 'us'] },
      {
        ...plain,
        name: 'size',
        type: 'string',
        default: 'small',
        options: ['small'],
        rules: [
          {
            if: '$[[ inputs.environment ]] == "production"',
            options: ['large', 'huge'],
            default: 'large',
          },
          { if: null, options: ['small'], default: 'small' },
        ],
      },
    ]);
    expect(body.variables).toEqual([
      { key: 'PLAIN', value: 'one', description: null, options: null },
      { key: 'ASKED', value: 'no', description: 'Really?', options: ['no', 'yes'] },
    ]);
    const { body: pipelines } = await house.api<unknown[]>('GET', `${at}/pipelines`);
    expect(pipelines).toEqual([]);
  });

  test('goes by what it holds already', async () => {
    const { at, commit } = await ciProject(house);
    await commit(CONFIG);
    const { body } = await formOf(at, '?inputs[environment]=production&inputs[version]=v1');
    expect(body.inputs.at(-1)).toMatchObject({ default: 'large', options: ['large', 'huge'] });
    expect(body.valid).toBe(true);
    const wrong = await formOf(at, '?inputs[version]=1');
    expect(wrong.body).toMatchObject({
      valid: false,
      errors: [{ message: '`version` input: provided value does not match required RegEx pattern', line: 7 }],
    });
    expect(wrong.body.inputs).toHaveLength(6);
  });

  test('is of the ref that is asked for, the default branch unless said', async () => {
    const { at, commit, tag } = await ciProject(house);
    await commit('variables: { A: main }\na: { script: b }');
    const sha = await commit('variables: { A: feature }\na: { script: b }', 'feature');
    await tag('v1', sha);
    const valueAt = async (query: string) => (await formOf(at, query)).body.variables[0]?.value;
    expect(await valueAt('')).toBe('main');
    expect(await valueAt('?ref=feature')).toBe('feature');
    expect((await formOf(at, '?ref=v1')).body).toMatchObject({ ref: 'v1', tag: true, sha });
    expect(refusal(await formOf(at, '?ref=none'))).toEqual([404, { message: '404 Reference Not Found' }]);
  });

  test('says what is wrong with the configuration, and has what could be read', async () => {
    const { at, commit } = await ciProject(house);
    await commit('variables: { A: one }\na: { script: b, stage: none }');
    const { body } = await formOf(at);
    expect(body).toMatchObject({ valid: false, inputs: [], variables: [{ key: 'A' }] });
    expect(body.errors[0]).toMatchObject({ file: '.gitlab-ci.yml', line: 2 });
    expect(body.errors[0]?.message).toContain('chosen stage');
    await commit('a: [');
    expect((await formOf(at)).body).toMatchObject({ valid: false, inputs: [], variables: [] });
  });

  test('knows, and its pipeline does, whether a person asks in a browser', async () => {
    const { at, id, commit, commitFile } = await ciProject(house);
    await commitFile('asked.yml', 'variables: { WHY: { description: Why } }\n');
    await commit(`
include: { local: asked.yml, rules: [{ if: $CI_PIPELINE_SOURCE == "web" }] }
by hand: { script: x, rules: [{ if: $CI_PIPELINE_SOURCE == "web" }] }
by program: { script: x, rules: [{ if: $CI_PIPELINE_SOURCE == "api" }] }
`);
    const person = await personWith(house.api, 'maintainer', id);
    const password = 'correct horse battery staple';
    expect((await house.api('PUT', `/users/${person.id}`, { body: { password } })).status).toBe(200);
    const browser = new Browser(house);
    expect((await browser.signIn(person.username, password)).status).toBe(201);
    const [inBrowser, byProgram] = [
      await browser.ask<Form>('GET', `${at}/ci/run_form`),
      await formOf(at, '', person.token),
    ];
    expect(inBrowser.body.variables.map(({ key }) => key)).toEqual(['WHY']);
    expect(byProgram.body.variables).toEqual([]);

    const made = [
      await browser.ask<{ id: number; source: string }>('POST', `${at}/pipeline?ref=main`),
      await house.api<{ id: number; source: string }>('POST', `${at}/pipeline?ref=main`, {
        token: person.token,
      }),
    ];
    expect(made.map(({ body }) => body.source)).toEqual(['web', 'api']);
    const jobs = made.map(async ({ body }) => {
      const reply = await house.api<{ name: string }[]>('GET', `${at}/pipelines/${body.id}/jobs`);
      return reply.body.map(({ name }) => name);
    });
    expect(await Promise.all(jobs)).toEqual([['by hand'], ['by program']]);
  });

  test('is for those who may create pipelines, and says where the ref is protected from them', async () => {
    const { at, id, commit } = await ciProject(house);
    await commit('a: { script: b }');
    const reporter = await personWith(house.api, 'reporter', id);
    expect(refusal(await formOf(at, '', reporter.token))).toEqual(FORBIDDEN);
    const { token } = await personWith(house.api, 'developer', id);
    await commit('a: { script: b }', 'free');
    expect((await formOf(at, '?ref=free', token)).body.allowed).toBe(true);
    await protectBranch(house, id, 'free');
    expect((await formOf(at, '?ref=free', token)).body.allowed).toBe(false);
  });
});
