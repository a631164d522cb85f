import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { bootServer, type TestServer } from '../support/server.ts';

interface Pipeline {
  id: number;
  status: string;
  yaml_errors: string | null;
}

const CONFIG = `
spec:
  inputs:
    name:
    count: { type: number, default: 1 }
    list: { type: array, default: [only] }
---
$[[ inputs.name ]]:
  script: echo
  parallel:
    matrix: [{ ITEM: $[[ inputs.list ]], COUNT: $[[ inputs.count ]] }]
`;

describe.each(databases)('inputs of pipelines, on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await bootServer({ database: kind });
  });

  async function scene(config = CONFIG) {
    const project = await gitProject(server);
    const tree = await workTree(project.remote());
    const push = async (text: string, ...options: string[]) => {
      const sha = await commit(tree, { '.gitlab-ci.yml': text });
      await git(tree, 'push', ...options.flatMap((each) => ['-o', each]), 'origin', 'HEAD:main');
      const [pipeline] = await project.pipelines(`?sha=${sha}`);
      return pipeline?.id;
    };
    await push(config, 'ci.no_pipeline');
    const jobsOf = async (id: number | undefined) => {
      const { body } = await server.api<{ name: string }[]>('GET', `${project.at}/pipelines/${id}/jobs`);
      return body.map(({ name }) => name).toSorted();
    };
    return { ...project, push, jobsOf };
  }

  test('they are given over the API, of every type', async () => {
    const { at, jobsOf } = await scene();
    const inputs = { name: 'build', count: 3, list: ['a', 'b'] };
    const { status, body } = await server.api<Pipeline>('POST', `${at}/pipeline`, {
      body: { ref: 'main', inputs },
    });
    expect(status).toBe(201);
    expect(await jobsOf(body.id)).toEqual(['build: [a, 3]', 'build: [b, 3]']);
  });

  test.each([
    [undefined, '`name` input: required value has not been provided'],
    [{ name: 'x', other: 1 }, 'unknown input arguments: other'],
    [{ name: 'x', count: 'many' }, '`count` input: provided value is not a number'],
  ])('%j are refused: %s', async (inputs, message) => {
    const { at } = await scene();
    expect(await server.api('POST', `${at}/pipeline`, { body: { ref: 'main', inputs } })).toMatchObject({
      status: 400,
      body: { message: { base: [message] } },
    });
  });

  test('that nest without end are refused', async () => {
    const { at } = await scene();
    const list = '['.repeat(5000) + ']'.repeat(5000);
    const headers = { 'content-type': 'application/json' };
    const body = `{ "ref": "main", "inputs": { "name": "x", "list": ${list} } }`;
    expect(await server.api('POST', `${at}/pipeline`, { headers, body })).toMatchObject({
      status: 400,
      body: { error: 'parameters nested too deep' },
    });
  });

  test('a file that declares none takes none', async () => {
    const { at } = await scene('job: { script: echo }');
    const message = 'Given inputs not defined in the `spec` section of the included configuration file';
    const body = { ref: 'main', inputs: { a: 1 } };
    expect(await server.api('POST', `${at}/pipeline`, { body })).toMatchObject({
      status: 400,
      body: { message: { base: [message] } },
    });
    expect((await server.api('POST', `${at}/pipeline`, { body: { ref: 'main', inputs: {} } })).status).toBe(
      201,
    );
    const wrong = await server.api('POST', `${at}/pipeline`, { body: { ref: 'main', inputs: 'a' } });
    expect(wrong).toMatchObject({ status: 400, body: { error: 'inputs is invalid' } });
  });

  test('whoever has a trigger token gives them', async () => {
    const { at, jobsOf } = await scene();
    const made = await server.api<{ token: string }>('POST', `${at}/triggers`, {
      body: { description: 'x' },
    });
    const { status, body } = await server.api<Pipeline>('POST', `${at}/trigger/pipeline`, {
      token: null,
      body: { token: made.body.token, ref: 'main', inputs: { name: 'deploy', list: '["x"]' } },
    });
    expect(status).toBe(201);
    expect(await jobsOf(body.id)).toEqual(['deploy: [x, 1]']);
  });

  test('options of a push give them as texts, and without one that it needs the pipeline fails', async () => {
    const { push, jobsOf, at } = await scene();
    const id = await push(
      `${CONFIG}\n`,
      'ci.input=name=push',
      'ci.input="count=2"',
      'ci.input=list=["p", "q"]',
    );
    expect(await jobsOf(id)).toEqual(['push: [p, 2]', 'push: [q, 2]']);
    const failed = await push(`${CONFIG}\n\n`);
    expect((await server.api<Pipeline>('GET', `${at}/pipelines/${failed}`)).body).toMatchObject({
      status: 'failed',
      yaml_errors: '`name` input: required value has not been provided',
    });
  });
});
