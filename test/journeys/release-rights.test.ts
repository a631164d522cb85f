import { beforeAll, describe, expect, test } from 'vitest';
import type { CiProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { personWith } from '../support/job-scenes.ts';
import { planned } from '../support/pipelines.ts';
import { type Link, link, type Release, releaseScene, runnerOf } from '../support/release-scene.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

describe.each(databases)('who may do what with a release, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });
  const scene = () => releaseScene(house);

  async function takeJob(project: CiProject, sha: string) {
    const runner = await runnerOf(house, project);
    const { id: user_id } = (await house.api<{ id: number }>('GET', '/user')).body;
    await house.start({ id: project.id, user_id }, [planned('release')], { sha, ref: 'main' });
    const { job } = await runner.request();
    runner.close();
    if (!job) throw new Error('no job');
    return job;
  }

  test('that of a protected tag is for those who may make the tag', async () => {
    const { project, at, create } = await scene();
    const developer = await personWith(house.api, 'developer', project.id);
    const protects = { name: 'v*', create_access_level: 40 };
    expect((await house.api('POST', `${project.at}/protected_tags`, { body: protects })).status).toBe(201);
    expect(await create({ tag_name: 'v1', ref: 'main' }, developer.token)).toMatchObject({
      status: 403,
      body: { message: 'You are not allowed to create this tag as it is protected.' },
    });
    expect((await create({ tag_name: 'free', ref: 'main' }, developer.token)).status).toBe(201);

    await create({ tag_name: 'v2', ref: 'main', assets: { links: [link('app')] } });
    const links = (await house.api<Link[]>('GET', `${at}/v2/assets/links`)).body;
    const { token } = developer;
    for (const [method, path, body] of [
      ['PUT', '/v2', { description: 'Mine' }],
      ['DELETE', '/v2', {}],
      ['POST', '/v2/assets/links', link('more')],
      ['PUT', `/v2/assets/links/${links[0]?.id}`, { url: 'https://elsewhere.test/app' }],
      ['DELETE', `/v2/assets/links/${links[0]?.id}`, {}],
    ] as const)
      expect((await house.api(method, `${at}${path}`, { token, body })).status, method + path).toBe(403);
    expect((await house.api('DELETE', `${at}/free`, { token })).status).toBe(200);
    expect((await house.api('DELETE', `${at}/v2`)).status).toBe(200);
  });

  test('that of an archived project stays as it is', async () => {
    const { project, at, create } = await scene();
    await create({ tag_name: 'v1', ref: 'main' });
    expect((await house.api('POST', `${project.at}/archive`)).status).toBe(201);
    expect((await create({ tag_name: 'v1', description: 'News' })).status).toBe(403);
    for (const [method, path, body] of [
      ['PUT', '/v1', { description: 'News' }],
      ['DELETE', '/v1', {}],
      ['POST', '/v1/assets/links', link('more')],
    ] as const)
      expect((await house.api(method, `${at}${path}`, { body })).status, method + path).toBe(403);
    expect((await house.api('GET', `${at}/v1`)).status).toBe(200);
  });

  test('a guest of a private project sees what is released, and nothing of the code', async () => {
    const { project, at, create } = await scene();
    const links = [link('app', { direct_asset_path: '/app' })];
    await create({ tag_name: 'secret-tag', ref: 'main', description: 'News', assets: { links } });
    const { token } = await personWith(house.api, 'guest', project.id);
    const { body } = await house.api<Release[]>('GET', at, { token });
    expect(body).toMatchObject([
      { name: expect.stringMatching(/^Release-\d+$/) as string, description: 'News' },
    ]);
    expect(JSON.stringify(body)).not.toContain('secret-tag');
    for (const key of ['tag_name', 'commit', 'commit_path', 'tag_path'])
      expect(body[0]).not.toHaveProperty(key);
    expect((await house.api('GET', `${at}/secret-tag`, { token })).status).toBe(403);
  });

  test('a job makes one with its token, once', async () => {
    const { project, sha, at } = await scene();
    const job = await takeJob(project, sha);
    const release = () =>
      fetch(`${house.url}/api/v4${at}`, {
        method: 'POST',
        headers: { 'job-token': job.token, 'content-type': 'application/json' },
        body: JSON.stringify({ tag_name: 'v1', ref: sha }),
      });
    expect((await release()).status).toBe(201);
    expect((await release()).status).toBe(409);
    const pipelines = await house.api<object[]>('GET', `${project.at}/pipelines?ref=v1`);
    expect(pipelines.body).toMatchObject([{ ref: 'v1' }]);
  });
});
