import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { type Deployment, type Environment, moveIn } from '../support/deployments.ts';
import { openRunnerHouse, PATIENT, type RunnerHouse } from '../support/runner-house.ts';

const HOUR = 3_600_000;

describe.each(databases)('environments on %s', (database) => {
  let house: RunnerHouse;
  let place: Awaited<ReturnType<typeof moveIn>>;
  let sha: string;
  beforeAll(async () => {
    house = await openRunnerHouse(database);
    place = await moveIn(house);
    sha = await place.project.commit(null);
  });

  test('environments are made, changed and refused in GitLab words', async () => {
    const { ask, get } = place;
    const made = await ask<Environment>('POST', '/environments', {
      name: 'qa',
      external_url: 'https://qa',
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'qa',
        slug: 'qa',
        tier: 'testing',
        state: 'available',
        project: { id: place.project.id },
      },
    });
    const post = async (body: object) => (await ask('POST', '/environments', body)).body;
    expect(await post({ name: 'qa' })).toEqual({ message: { name: ['has already been taken'] } });
    expect(await post({ name: 'x', slug: 'y' })).toEqual({
      error: 'slug is automatically generated and cannot be changed',
    });
    expect(await post({ name: 'x', external_url: 'javascript:alert(1)' })).toEqual({
      message: { external_url: ['javascript scheme is not allowed'] },
    });
    expect(await post({})).toEqual({ error: 'name is missing' });
    const changed = await ask('PUT', `/environments/${made.body.id}`, {
      tier: 'staging',
      external_url: '',
    });
    expect(changed).toMatchObject({ status: 200, body: { tier: 'staging', external_url: null } });
    expect(await get('/environments?search=qa')).toEqual({
      message: '400 Bad request - Search query is less than 3 characters',
    });
    expect(await get('/environments?name=qa&search=qaa')).toEqual({
      error: 'name, search cannot be used together',
    });
    expect(await get('/environments?name=qa&states=available')).toHaveLength(1);
    expect(await get('/environments?states=stopped')).toEqual([]);
  });

  test('a deployment is told of, goes on, and is not deleted while it counts', async () => {
    const { ask, get } = place;
    const told = { environment: 'staging', sha, ref: 'main', tag: false };
    const first = await ask<Deployment>('POST', '/deployments', { ...told, status: 'running' });
    expect(first).toMatchObject({
      status: 201,
      body: { iid: 1, status: 'running', deployable: null, environment: { name: 'staging' } },
    });
    const at = `/deployments/${first.body.id}`;
    expect((await ask('DELETE', at)).body).toEqual({ message: 'Cannot destroy running deployment' });
    expect((await ask('PUT', at, { status: 'running' })).body).toEqual({
      message: { status: ['cannot transition via "run"'] },
    });
    expect(await ask('PUT', at, { status: 'success' })).toMatchObject({ body: { status: 'success' } });
    expect((await ask('DELETE', at)).body).toEqual({
      message: 'Deployment currently deployed to environment',
    });
    const second = await ask<Deployment>('POST', '/deployments', { ...told, status: 'failed' });
    expect((await ask('DELETE', `/deployments/${second.body.id}`)).status).toBe(204);
    expect(
      (await ask('POST', '/deployments', { ...told, sha: 'f'.repeat(40), status: 'failed' })).body,
    ).toEqual({
      message: { sha: ['The commit does not exist'] },
    });
    expect((await ask('POST', '/deployments', { ...told, ref: 'none', status: 'failed' })).body).toEqual({
      message: { ref: ['The branch or tag does not exist'] },
    });
    expect(await get('/deployments?environment=staging&order_by=finished_at&status=success')).toHaveLength(1);
    expect(await get('/deployments?environment=none')).toEqual([]);
    expect(await get('/deployments?updated_after=2020-01-01')).toEqual({
      message: '400 Bad request - `updated_at` filter requires `updated_at` sort',
    });
  });

  test('stale environments are stopped, and stopped review apps deleted a week later', async () => {
    const { ask, environment } = place;
    await ask('POST', '/environments', { name: 'review/old' });
    await ask('POST', '/environments', { name: 'Review/other' });
    expect((await ask('POST', '/environments/stop_stale', { before: '1999-01-01' })).body).toEqual({
      message: '400 Bad request - Invalid Date',
    });
    house.ahead += 60 * 24 * HOUR;
    const before = new Date(house.parts.clock() - 8 * 24 * HOUR).toISOString();
    expect(await ask('POST', '/environments/stop_stale', { before })).toMatchObject({
      status: 200,
      body: { message: 'Successfully scheduled stale environments to stop' },
    });
    await expect.poll(async () => (await environment('review/old'))?.state, PATIENT).toBe('stopped');
    expect((await ask('DELETE', '/environments/review_apps')).body).toMatchObject({
      scheduled_entries: [{ name: 'review/old' }],
      unprocessable_entries: [],
    });
    expect((await ask('DELETE', '/environments/review_apps?dry_run=false')).status).toBe(200);
    expect(await ask('DELETE', '/environments/review_apps')).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('No environments found') as string, scheduled_entries: [] },
    });
    house.ahead += 8 * 24 * HOUR;
    await ask('POST', '/environments/stop_stale', { before });
    await expect.poll(async () => environment('review/old'), PATIENT).toBeUndefined();
  });
});
