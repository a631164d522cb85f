import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { type JobPayload, SimulatedRunner } from '../support/simulated-runner.ts';

const AUD = 'https://vault.example.test';

const variableOf = (job: JobPayload | null | undefined, name: string) =>
  job?.variables.find(({ key }) => key === name);

describe.each(databases)('a token of `id_tokens`, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  /** The key set as the server itself says where it is. */
  async function keys() {
    const { body } = await read<{ issuer: string; jwks_uri: string }>('/.well-known/openid-configuration');
    expect(body.issuer).toBe(house.url);
    return createRemoteJWKSet(new URL(body.jwks_uri));
  }
  async function read<T>(path: string) {
    const reply = await fetch(`${house.url}${path}`);
    return { status: reply.status, body: (await reply.json()) as T };
  }
  const verify = async (token: string, audience: string = AUD) =>
    await jwtVerify(token, await keys(), {
      audience,
      issuer: house.url,
      algorithms: ['RS256'],
      currentDate: new Date(house.parts.clock()),
    });

  test('says what job it is given to, for as long as that may take', async () => {
    const { runner, start, project } = await moveIn(house);
    const id = await start(planned('deploy', { id_tokens: { VAULT: { aud: AUD } }, timeout: 900 }));
    const { job } = await runner.request();
    const given = variableOf(job, 'VAULT');
    expect(given).toMatchObject({ masked: true, public: false, file: false });
    const { payload, protectedHeader } = await verify(given?.value ?? '');
    const { path_with_namespace: path } = (
      await house.api<{ path_with_namespace: string }>('GET', `/projects/${project.id}`)
    ).body;
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) as string });
    expect(payload).toMatchObject({
      iss: house.url,
      sub: `project_path:${path}:ref_type:branch:ref:main`,
      aud: AUD,
      project_id: `${project.id}`,
      project_path: path,
      namespace_id: `${project.namespace_id}`,
      namespace_path: path.split('/')[0],
      job_project_path: path,
      pipeline_id: `${id}`,
      pipeline_source: 'push',
      job_id: `${job?.id}`,
      ref: 'main',
      ref_type: 'branch',
      ref_path: 'refs/heads/main',
      user_id: `${project.user_id}`,
      user_access_level: 'owner',
      runner_id: runner.id,
      runner_environment: 'self-hosted',
      project_visibility: 'private',
      sha: job?.git_info.sha,
      ci_config_ref_uri: `${new URL(house.url).host}/${path}//.gitlab-ci.yml@refs/heads/main`,
      ci_config_sha: job?.git_info.sha,
    });
    const { exp = 0, iat = 0, nbf = 0 } = payload;
    expect([exp - iat, iat - nbf]).toEqual([900, 5]);
    expect(Math.abs(iat * 1000 - house.parts.clock())).toBeLessThan(60_000);
    expect(payload).not.toHaveProperty('environment');
  });

  test('is for whom the configuration says, with its variables filled in', async () => {
    const { runner, start } = await moveIn(house);
    const id_tokens = {
      ONE: { aud: 'https://$CI_PROJECT_NAME.example.test' },
      TWO: { aud: [AUD, '${CI_SERVER_URL}', '$UNKNOWN'] },
    };
    await start(planned('deploy', { id_tokens }));
    const { job } = await runner.request();
    const audiences = ['ONE', 'TWO'].map((name) => decodeJwt(variableOf(job, name)?.value ?? '').aud);
    const name = variableOf(job, 'CI_PROJECT_NAME')?.value;
    expect(audiences).toEqual([`https://${name}.example.test`, [AUD, house.url, '']]);
    await expect(verify(variableOf(job, 'ONE')?.value ?? '')).rejects.toThrow('aud');
  });

  test('is not given to jobs that do not ask, nor shown to anybody', async () => {
    const { runner, start, project } = await moveIn(house);
    await start(planned('plain'), planned('deploy', { id_tokens: { VAULT: { aud: AUD } } }));
    const [plain, deploy] = [(await runner.request()).job, (await runner.request()).job];
    expect(plain?.variables.filter(({ value }) => value.startsWith('eyJ'))).toEqual([]);
    const token = variableOf(deploy, 'VAULT')?.value ?? '';
    const shown = JSON.stringify((await house.api('GET', `/projects/${project.id}/jobs`)).body);
    expect(token.length).toBeGreaterThan(500);
    expect(shown).not.toContain(token.slice(0, 40));
    const rows = await house.parts.db.read.selectFrom('job_variables').selectAll().execute();
    expect(rows).toEqual([]);
  });

  test('names the environment of the job', async () => {
    const project = await ciProject(house);
    await project.commit(
      'job: {script: x, environment: {name: staging, deployment_tier: staging}, id_tokens: {T: {aud: a}}}',
    );
    const { body: made } = await house.api<{ token: string }>('POST', '/user/runners', {
      body: { runner_type: 'project_type', project_id: project.id },
    });
    const runner = new SimulatedRunner(house.url, made.token);
    expect((await house.api('POST', `${project.at}/pipeline`, { body: { ref: 'main' } })).status).toBe(201);
    const { job } = await runner.request();
    expect(decodeJwt(variableOf(job, 'T')?.value ?? '')).toMatchObject({
      environment: 'staging',
      environment_protected: 'false',
      deployment_tier: 'staging',
      environment_action: 'start',
    });
    runner.close();
  });

  test('is signed with the same key after a restart, which only its owner may read', async () => {
    const before = (await read<{ keys: object[] }>('/oauth/discovery/keys')).body;
    expect(before.keys).toEqual([
      {
        kty: 'RSA',
        n: expect.any(String) as string,
        e: 'AQAB',
        kid: expect.any(String) as string,
        use: 'sig',
        alg: 'RS256',
      },
    ]);
    expect(statSync(join(house.parts.config.data, 'id-token-key')).mode & 0o777).toBe(0o600);
    house = await house.restart();
    expect((await read('/oauth/discovery/keys')).body).toEqual(before);
  });
});
