import { beforeAll, describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { databases } from '../support/databases.ts';
import { begin, READY, reset, streamsOf } from '../support/event-house.ts';
import { type FollowedEvent, followEvents } from '../support/followed-events.ts';
import { NO_PROJECT, personWith, refusal } from '../support/job-scenes.ts';
import { addPerson } from '../support/people.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, projectRunner, type RunnerHouse } from '../support/runner-house.ts';

describe.each(databases)('the events of a server, to those who may hear of them, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { event_heartbeat: 60_000 });
  });
  const { change, follow, followAll } = streamsOf(() => house);

  test('are those of the caller’s own projects', async () => {
    const [mine, other] = [await moveIn(house), await moveIn(house)];
    const guest = await personWith(house.api, 'guest', mine.project.id);
    const reporter = await personWith(house.api, 'reporter', mine.project.id);
    const closed = `/projects/${other.project.id}`;
    const asked = { token: guest.token, headers: { accept: 'text/event-stream' } };
    expect(refusal(await house.api('GET', `${closed}/events/stream`, asked))).toEqual(NO_PROJECT);
    const types = '?types=environment,pipeline,job,project,variables';
    const low = await begin(await followAll(types, guest.token));
    const high = await begin(await followAll(types, reporter.token));
    await change(closed, 'hidden');
    await other.start(planned('hidden'));
    const shown = await change(`/projects/${mine.project.id}`, 'shown');
    expect((await high.next())?.data).toEqual({ id: shown, project_id: mine.project.id });
    const pipeline_id = await mine.start(planned('shown'));
    // A guest sees jobs, but no environments.
    expect((await low.next())?.data).toMatchObject({ project_id: mine.project.id });
    const job = await low.find(({ event }) => event === 'job');
    expect(job.data).toMatchObject({ pipeline_id, name: 'shown' });
    for (const stream of [low, high]) stream.close();
  });

  test.each([
    ['is no member any more', async (at: string, id: number) => house.api('DELETE', `${at}/members/${id}`)],
    ['is blocked', async (_at: string, id: number) => house.api('POST', `/users/${id}/block`)],
    ['is deleted', async (_at: string, id: number) => house.api('DELETE', `/users/${id}`)],
    ['sees the project go', async (at: string) => house.api('DELETE', at)],
    [
      'sees its CI closed',
      async (at: string) => house.api('PUT', at, { body: { builds_access_level: 'disabled' } }),
    ],
  ])('end for a follower who %s', async (_what, lose) => {
    const { project } = await moveIn(house);
    const at = `/projects/${project.id}`;
    const person = await personWith(house.api, 'developer', project.id);
    const stream = await begin(await follow(at, '?types=pipeline', person.token));
    expect((await lose(at, person.id)).status).toBeLessThan(300);
    expect(await stream.next()).toMatchObject({ event: 'reset', data: { reason: 'access', ends: true } });
    expect(await stream.next()).toBeNull();
  });

  test('end for a follower whose token is revoked', async () => {
    const { project } = await moveIn(house);
    const person = await personWith(house.api, 'developer', project.id);
    const stream = await begin(await followAll('?types=pipeline', person.token));
    await house.api('DELETE', '/personal_access_tokens/self', { token: person.token });
    expect(await stream.next()).toMatchObject({ event: 'reset', data: { reason: 'access', ends: true } });
    expect(await stream.next()).toBeNull();
  });

  test('end with the session of a browser', async () => {
    const { project } = await moveIn(house);
    const person = await personWith(house.api, 'developer', project.id);
    const password = 'correct horse battery staple';
    expect((await house.api('PUT', `/users/${person.id}`, { body: { password } })).status).toBe(200);
    const browser = new Browser(house);
    expect((await browser.signIn(person.username, password)).status).toBe(201);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const paths = ['/events/stream', `/projects/${project.id}/events/stream`];
    const streams = await Promise.all(
      paths.map(async (path) => begin(await followEvents(house.url, '', path, undefined, { cookie }))),
    );
    expect((await browser.ask('DELETE', '/session')).status).toBe(204);
    for (const stream of streams) {
      const last = await stream.find(({ event }) => event === 'reset');
      expect(last.data).toEqual({ reason: 'access', ends: true });
      expect(await stream.next()).toBeNull();
    }
  });

  test('end with the day on which a membership does, though nobody changes anything', async () => {
    const quick = await openRunnerHouse(kind, { event_heartbeat: 30 });
    const { project } = await moveIn(quick);
    const person = await addPerson(quick.api, 'passing');
    const day = new Date(quick.parts.clock() + 2 * 86_400_000).toISOString().slice(0, 10);
    const body = { user_id: person.id, access_level: 30, expires_at: day };
    expect((await quick.api('POST', `/projects/${project.id}/members`, { body })).status).toBe(201);
    const stream = await followEvents(quick.url, person.token, `/projects/${project.id}/events/stream`);
    expect(await stream.next()).toMatchObject(READY);
    quick.ahead += 3 * 86_400_000;
    expect(await stream.next()).toMatchObject({ event: 'reset', data: { reason: 'access', ends: true } });
    expect(await stream.next()).toBeNull();
    await quick.close();
  });

  test('tell whoever sees more or less by now to look anew, and nobody else', async () => {
    const [mine, other] = [await moveIn(house), await moveIn(house)];
    const at = `/projects/${mine.project.id}`;
    const person = await personWith(house.api, 'guest', mine.project.id);
    const friend = await personWith(house.api, 'guest', mine.project.id);
    const [one, all, still] = [
      await begin(await follow(at, '?types=environment', person.token)),
      await begin(await followAll('?types=environment', person.token)),
      await begin(await follow(at, '?types=pipeline', friend.token)),
    ];
    await house.api('PUT', `${at}/members/${person.id}`, { body: { access_level: 30 } });
    expect(await one.next()).toMatchObject(reset('access'));
    expect(await all.next()).toMatchObject(reset('access'));
    const id = await change(at, 'seen');
    for (const stream of [one, all]) expect((await stream.next())?.data).toMatchObject({ id });
    await house.api('POST', `/projects/${other.project.id}/members`, {
      body: { user_id: person.id, access_level: 20 },
    });
    expect(await all.next()).toMatchObject(reset('access'));
    await change(`/projects/${other.project.id}`, 'more');
    expect((await all.next())?.data).toMatchObject({ project_id: other.project.id });
    await mine.start(planned('x'));
    expect(await still.next()).toMatchObject({ event: 'pipeline' });
    for (const stream of [one, all, still]) stream.close();
  });

  test('tell to look anew whoever may do more or less by now, though no less is seen', async () => {
    const { project } = await moveIn(house);
    const at = `/projects/${project.id}`;
    const person = await personWith(house.api, 'developer', project.id);
    const stream = await begin(await follow(at, '?types=pipeline', person.token));
    for (const access_level of [20, 30]) {
      await house.api('PUT', `${at}/members/${person.id}`, { body: { access_level } });
      expect(await stream.next()).toMatchObject(reset('access'));
    }
    stream.close();
  });

  test('tell of runners those who may see them, and that they are gone', async () => {
    const { project } = await moveIn(house);
    const at = `/projects/${project.id}`;
    const [developer, maintainer] = [
      await personWith(house.api, 'developer', project.id),
      await personWith(house.api, 'maintainer', project.id),
    ];
    const runner = await projectRunner(house, project.id);
    const server = await house.api<{ id: number }>('POST', '/user/runners', {
      body: { runner_type: 'instance_type' },
    });
    const followers = {
      low: await begin(await followAll('?types=runner', developer.token)),
      high: await begin(await followAll('?types=runner', maintainer.token)),
      lowHere: await begin(await follow(at, '?types=runner,environment', developer.token)),
      here: await begin(await follow(at, '?types=runner', maintainer.token)),
    };
    const { low, high, lowHere, here } = followers;
    await house.api('PUT', `/runners/${runner.id}`, { body: { paused: true } });
    const isIt = ({ data }: FollowedEvent) => data['id'] === runner.id;
    for (const stream of [high, here]) expect((await stream.find(isIt)).data).toEqual({ id: runner.id });
    await house.api('DELETE', `/runners/${runner.id}`);
    for (const stream of [high, here])
      expect((await stream.find(({ data }) => data['deleted'] === true)).data['id']).toBe(runner.id);
    // Everybody sees the server's; this project does without.
    await house.api('PUT', `/runners/${server.body.id}`, { body: { paused: true } });
    for (const stream of [low, high]) expect((await stream.next())?.data).toEqual({ id: server.body.id });
    const id = await change(at, 'x');
    expect((await lowHere.next())?.data).toMatchObject({ id });
    for (const stream of Object.values(followers)) stream.close();
  });

  test('tell of variables those who manage them', async () => {
    const { project } = await moveIn(house);
    const at = `/projects/${project.id}`;
    const [developer, maintainer] = [
      await personWith(house.api, 'developer', project.id),
      await personWith(house.api, 'maintainer', project.id),
    ];
    const types = '?types=variables,environment';
    const low = await begin(await follow(at, types, developer.token));
    const high = await begin(await follow(at, types, maintainer.token));
    const root = await begin(await followAll('?types=variables'));
    const body = { key: 'SECRET', value: 'not told' };
    expect((await house.api('POST', `${at}/variables`, { body })).status).toBe(201);
    for (const stream of [high, root])
      expect((await stream.next())?.data).toEqual({ project_id: project.id });
    expect((await house.api('POST', '/admin/ci/variables', { body })).status).toBe(201);
    expect((await root.next())?.data).toEqual({});
    await change(at, 'x');
    for (const stream of [low, high]) expect((await stream.next())?.event).toBe('environment');
    for (const stream of [low, high, root]) stream.close();
  });

  test('tell of groups those who may see them, and all to look anew once one is gone', async () => {
    const [member, other] = [await addPerson(house.api, 'member'), await addPerson(house.api, 'other')];
    const make = async (body: object): Promise<number> => {
      const reply = await house.api<{ id: number }>('POST', '/groups', { body });
      expect(reply.status, JSON.stringify(reply.body)).toBe(201);
      return reply.body.id;
    };
    const [seen, unseen, root] = [
      await begin(await followAll('?types=group', member.token)),
      await begin(await followAll('?types=group', other.token)),
      await begin(await followAll()),
    ];
    const top = await make({ name: 'Told', path: 'told' });
    expect((await root.find(({ event }) => event === 'group')).data).toEqual({ id: top });
    const joins = { body: { user_id: member.id, access_level: 10 } };
    expect((await house.api('POST', `/groups/${top}/members`, joins)).status).toBe(201);
    expect(await seen.next()).toMatchObject(reset('access'));
    const below = await make({ name: 'Below', path: 'below', parent_id: top });
    expect(await seen.next()).toMatchObject({ event: 'group', data: { id: below } });
    // The path of what is below another one is another, too.
    expect((await house.api('PUT', `/groups/${top}`, { body: { path: 'retold' } })).status).toBe(200);
    const renamed = [await seen.next(), await seen.next()].map((one) => one?.data['id']);
    expect(renamed.toSorted()).toEqual([top, below].toSorted());
    const open = await make({ name: 'Open', path: 'open-to-all', visibility: 'public' });
    for (const stream of [seen, unseen])
      expect(await stream.next()).toMatchObject({ event: 'group', data: { id: open } });
    expect((await house.api('DELETE', `/groups/${top}`)).status).toBe(202);
    for (const stream of [seen, unseen]) expect(await stream.next()).toMatchObject(reset('access'));
    for (const stream of [seen, unseen, root]) stream.close();
  });
});
