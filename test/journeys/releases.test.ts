import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { type Link, link, type Release, releaseScene, runnerOf } from '../support/release-scene.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const DAY = 86_400_000;

describe.each(databases)('releases, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });
  const scene = () => releaseScene(house);

  test('a tag that is there is released', async () => {
    const { project, sha, at, create } = await scene();
    await project.tag('v1', sha);
    const made = await create({ tag_name: 'v1', description: '# News' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      tag_name: 'v1',
      name: 'v1',
      description: '# News',
      upcoming_release: false,
      author: { username: 'root' },
      commit: { id: sha },
      assets: { count: 0, links: [] },
      _links: { self: `${house.url}/api/v4${at}/v1` },
    });
    expect((await house.api('GET', `${at}/v1`)).body).toEqual(made.body);
    expect((await house.api('GET', `${at}/v2`)).status).toBe(404);
    const tag = await house.api('GET', `${project.at}/repository/tags/v1`);
    expect(tag.body).toMatchObject({ release: { tag_name: 'v1', description: '# News' } });
    expect(await create({ tag_name: 'v1' })).toMatchObject({
      status: 409,
      body: { message: 'Release already exists' },
    });
  });

  test('what is said of it is known to the pipelines of its tag', async () => {
    const project = await ciProject(house);
    const config = `
known: { script: x, rules: [{ if: $CI_RELEASE_DESCRIPTION =~ /News/ }] }
unknown: { script: x, rules: [{ if: $CI_RELEASE_DESCRIPTION == null }] }
`;
    await project.tag('v1', await project.commit(config));
    await house.api('POST', `${project.at}/releases`, { body: { tag_name: 'v1', description: '# News' } });
    const begin = (ref: string) =>
      house.api<{ id: number }>('POST', `${project.at}/pipeline`, { body: { ref } });
    const names = async (ref: string) => {
      const { id } = (await begin(ref)).body;
      const jobs = await house.api<{ name: string }[]>('GET', `${project.at}/pipelines/${id}/jobs`);
      return jobs.body.map(({ name }) => name);
    };
    expect([await names('v1'), await names('main')]).toEqual([['known'], ['unknown']]);
    const runner = await runnerOf(house, project);
    const { job } = await runner.request();
    runner.close();
    expect(job?.variables.find(({ key }) => key === 'CI_RELEASE_DESCRIPTION')?.value).toBe('# News');
  });

  test('a tag that is not there is made from a ref, with the pipeline of a tag', async () => {
    const { project, sha, create } = await scene();
    expect(await create({ tag_name: 'v1' })).toMatchObject({
      status: 422,
      body: { message: 'Ref is not specified' },
    });
    expect(await create({ tag_name: 'v1', ref: 'nowhere' })).toMatchObject({
      status: 400,
      body: { message: 'Target nowhere is invalid' },
    });
    expect(await create({ tag_name: 'a b', ref: 'main' })).toMatchObject({
      status: 400,
      body: { message: 'Tag name invalid' },
    });
    expect((await create({ tag_name: 'v1', ref: 'main', tag_message: 'The first' })).status).toBe(201);
    const tag = await house.api('GET', `${project.at}/repository/tags/v1`);
    expect(tag.body).toMatchObject({ message: 'The first', commit: { id: sha } });
    const pipelines = await house.api<object[]>('GET', `${project.at}/pipelines?ref=v1`);
    expect(pipelines.body).toMatchObject([{ ref: 'v1', sha, source: 'push' }]);
  });

  test('is listed by when it is released, and the latest has an address that stays', async () => {
    const { at, create, tags } = await scene();
    const now = house.parts.clock();
    const on = (days: number) => new Date(now + days * DAY).toISOString();
    for (const [tag_name, days] of [
      ['old', -9],
      ['new', -1],
      ['older', -99],
      ['next', 9],
    ] as const)
      expect((await create({ tag_name, ref: 'main', released_at: on(days) })).status).toBe(201);
    expect(await tags()).toEqual(['next', 'new', 'old', 'older']);
    expect(await tags('?sort=asc')).toEqual(['older', 'old', 'new', 'next']);
    expect(await tags('?order_by=created_at')).toEqual(['next', 'older', 'new', 'old']);
    const page = await house.api<Release[]>('GET', `${at}?per_page=3&page=2`);
    expect(page.body.map(({ tag_name }) => tag_name)).toEqual(['older']);
    expect(page.headers.get('x-total')).toBe('4');
    expect((await house.api<Release>('GET', `${at}/next`)).body.upcoming_release).toBe(true);
    const latest = await house.api(
      'GET',
      `${at}/permalink/latest/assets/links?per_page=1&order_by=released_at`,
    );
    expect([latest.status, latest.headers.get('location')]).toEqual([
      302,
      `${house.url}/api/v4${at}/new/assets/links?per_page=1`,
    ]);
    expect((await house.api('GET', `${at}/permalink/latest`)).headers.get('location')).toBe(
      `${house.url}/api/v4${at}/new`,
    );
    const empty = await scene();
    expect((await house.api('GET', `${empty.at}/permalink/latest`)).status).toBe(404);
  });

  test('is changed, and deleted while its tag stays', async () => {
    const { project, at, create, tags } = await scene();
    await create({ tag_name: 'v1', ref: 'main', name: 'One' });
    const put = (body: object, tag = 'v1') => house.api<Release>('PUT', `${at}/${tag}`, { body });
    expect(await put({ description: 'Better', released_at: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 200,
      body: { name: 'One', description: 'Better', released_at: '2020-01-01T00:00:00.000Z' },
    });
    expect(await put({})).toMatchObject({ status: 400, body: { message: 'params is empty' } });
    expect(await put({ name: 'x' }, 'v2')).toMatchObject({
      status: 404,
      body: { message: 'Release does not exist' },
    });
    expect(await put({ released_at: 'soon' })).toMatchObject({ status: 400 });
    expect((await house.api<Release>('DELETE', `${at}/v1`)).body).toMatchObject({ tag_name: 'v1' });
    expect(await tags()).toEqual([]);
    expect((await house.api('GET', `${project.at}/repository/tags/v1`)).body).toMatchObject({
      release: null,
    });
  });

  test('brings links along, each name, address and path once', async () => {
    const { at, create } = await scene();
    const refused = async (...links: object[]) =>
      (await create({ tag_name: 'v1', ref: 'main', assets: { links } })).body.message;
    expect(await refused(link('a'), link('a'))).toBe(
      'Validation failed: Links name has already been taken, Links url has already been taken',
    );
    expect(await refused(link('a', { url: 'javascript:alert(1)' }))).toBe(
      'Validation failed: Links url is blocked: Only allowed schemes are http, https, ftp',
    );
    expect(await refused(link('a', { direct_asset_path: '/bin//app' }))).toBe(
      'Validation failed: Links filepath is in an invalid format',
    );
    const path = { direct_asset_path: '/bin/app', link_type: 'package' };
    const { body } = await create({
      tag_name: 'v1',
      ref: 'main',
      assets: { links: [link('app', path), link('notes')] },
    });
    expect(body.assets.links.map(({ name, link_type }) => [name, link_type])).toEqual([
      ['notes', 'other'],
      ['app', 'package'],
    ]);
    const [notes, app] = body.assets.links;
    expect(notes?.direct_asset_url).toBe(notes?.url);
    const direct = await fetch(app?.direct_asset_url ?? '', {
      redirect: 'manual',
      headers: { 'private-token': house.rootToken },
    });
    expect([direct.status, direct.headers.get('location')]).toEqual([302, 'https://example.test/app']);

    const links = `${at}/v1/assets/links`;
    const added = await house.api<Link>('POST', links, { body: link('more') });
    expect(added.status).toBe(201);
    expect(await house.api('POST', links, { body: link('more') })).toMatchObject({
      status: 400,
      body: { message: { name: ['has already been taken'], url: ['has already been taken'] } },
    });
    const one = `${links}/${added.body.id}`;
    expect((await house.api<Link>('PUT', one, { body: { name: 'renamed' } })).body).toMatchObject({
      name: 'renamed',
      url: 'https://example.test/more',
    });
    expect((await house.api('PUT', one, { body: { link_type: 'image' } })).status).toBe(400);
    expect((await house.api<Link[]>('GET', `${links}?per_page=1`)).body.map(({ name }) => name)).toEqual([
      'renamed',
    ]);
    const placed = await house.api<Link>('PUT', one, {
      body: { name: 'renamed', direct_asset_path: '/more' },
    });
    expect(placed.body.direct_asset_url).toMatch(/\/downloads\/more$/);
    const displaced = await house.api<Link>('PUT', one, { body: { name: 'renamed', direct_asset_path: '' } });
    expect(displaced.body.direct_asset_url).toBe('https://example.test/more');
    expect((await house.api('DELETE', one)).status).toBe(200);
    expect((await house.api('GET', one)).status).toBe(404);
    const atOnce = await Promise.all([1, 2, 3].map(() => house.api('POST', links, { body: link('once') })));
    expect(atOnce.map(({ status }) => status).toSorted()).toEqual([201, 400, 400]);
    await house.api('DELETE', `${links}/${(await house.api<Link[]>('GET', links)).body[0]?.id}`);
    expect((await house.api<Release>('GET', `${at}/v1`)).body.assets.count).toBe(2);
  });

  test('a link has an address of some length, and does not come after its release has gone', async () => {
    const { at, create } = await scene();
    await create({ tag_name: 'v1', ref: 'main' });
    const links = `${at}/v1/assets/links`;
    const long = link('long', { url: `https://example.test/${randomBytes(4000).toString('hex')}` });
    expect(await house.api('POST', links, { body: long })).toMatchObject({
      status: 400,
      body: { message: { url: ['is too long (maximum is 2000 bytes)'] } },
    });
    for (let round = 0; round < 5; round += 1) {
      const add = (name: string) => house.api('POST', links, { body: link(name) });
      const [before, gone, after] = await Promise.all([
        Promise.all(['a', 'b'].map(add)),
        house.api('DELETE', `${at}/v1`),
        Promise.all(['c', 'd', 'e', 'f'].map(add)),
      ]);
      expect(gone.status).toBe(200);
      for (const { status } of [...before, ...after]) expect([201, 404]).toContain(status);
      expect((await create({ tag_name: 'v1' })).status).toBe(201);
    }
  });

  test('knows no milestones, and says so', async () => {
    const { create } = await scene();
    expect(await create({ tag_name: 'v1', ref: 'main', milestones: ['19.0', '19.1'] })).toMatchObject({
      status: 400,
      body: { message: 'Milestone(s) not found: 19.0, 19.1' },
    });
  });

  test('two at once make one', async () => {
    const { create, tags } = await scene();
    const made = await Promise.all([1, 2, 3].map(() => create({ tag_name: 'v1', ref: 'main' })));
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect(await tags()).toEqual(['v1']);
  });
});
