import { beforeAll, describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { databases } from '../support/databases.ts';
import { openEventStream } from '../support/event-stream.ts';
import { type Followed, type FollowedEvent, followEvents } from '../support/followed-events.ts';
import { jobIn, NO_PROJECT, personWith, refusal } from '../support/job-scenes.ts';
import { addPerson } from '../support/people.ts';
import { createProject, jobsOf, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, projectRunner, type RunnerHouse } from '../support/runner-house.ts';

const READY = { event: 'ready', data: { resumed: false } };
const RESUMED = { event: 'ready', data: { resumed: true } };
const reset = (reason: string) => ({ event: 'reset', data: { reason } });

const begin = async (followed: Followed) => {
  expect(followed.status).toBe(200);
  expect(await followed.next()).toMatchObject(READY);
  return followed;
};

describe.each(databases)('the events of a server, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { event_heartbeat: 60_000 });
  });

  const followAll = (query = '', token = house.rootToken, since?: string) =>
    followEvents(house.url, token, `/events/stream${query}`, since);
  const follow = (project: string, query = '', token = house.rootToken, since?: string) =>
    followEvents(house.url, token, `${project}/events/stream${query}`, since);
  /** An environment more: the least that can happen in a project. */
  const change = async (project: string, name: string) => {
    const reply = await house.api<{ id: number }>('POST', `${project}/environments`, { body: { name } });
    expect(reply.status).toBe(201);
    return reply.body.id;
  };

  test('tell two followers the whole life of a job, in its order', async () => {
    const { project, runner, start } = await moveIn(house);
    const at = `/projects/${project.id}`;
    const types = '?types=job,pipeline';
    const streams = await Promise.all(
      [follow(at, types), followAll(types)].map(async (one) => begin(await one)),
    );
    const pipeline_id = await start(planned('build'));
    const { id } = (await jobsOf(house.parts.db, pipeline_id))['build']!;
    const both = async (status: string) => {
      for (const stream of streams) {
        const { data } = await stream.find((one) => one.event === 'job' && one.data['status'] === status);
        expect(data).toMatchObject({
          id,
          name: 'build',
          stage: 'stage 1',
          pipeline_id,
          project_id: project.id,
          allow_failure: false,
          retried: false,
          failure_reason: null,
        });
      }
    };
    await both('pending');
    const { job } = await runner.request();
    await runner.running(job!);
    await both('running');
    await runner.finish(job!, 'success');
    for (const stream of streams) {
      const jobEnded = stream.find(({ event, data }) => event === 'job' && data['status'] === 'success');
      expect((await jobEnded).data).toMatchObject({ id, finished_at: expect.stringMatching(/^2026-/) });
    }
    const read = await house.api<{ duration: number }>('GET', `${at}/pipelines/${pipeline_id}`);
    expect(read.body).toMatchObject({ status: 'success' });
    for (const stream of streams) stream.close();
  });

  test('tell of a pipeline what its page has to show', async () => {
    const scene = await jobIn(house, 'running');
    const stream = await begin(await follow(scene.project, '?types=pipeline'));
    await scene.runner.finish(scene.payload!, 'failed');
    const { data } = await stream.find((one) => one.data['status'] === 'failed');
    const { body } = await house.api<Record<string, unknown>>(
      'GET',
      `${scene.project}/pipelines/${scene.pipeline_id}`,
    );
    expect(data).toMatchObject({
      id: scene.pipeline_id,
      status: 'failed',
      tag: false,
      project_id: scene.project_id,
    });
    for (const [name, value] of Object.entries(data)) expect([name, value]).toEqual([name, body[name]]);
    stream.close();
  });

  test('tell that a pipeline is gone', async () => {
    const made = await house.api<{ id: number }>('POST', '/projects', { body: { name: 'tidy' } });
    const project_id = made.body.id;
    const id = await house.start({ id: project_id, user_id: 1 }, [planned('one', { when: 'manual' })]);
    const stream = await begin(await follow(`/projects/${project_id}`, '?types=pipeline'));
    expect((await house.api('DELETE', `/projects/${project_id}/pipelines/${id}`)).status).toBe(204);
    const gone = await stream.find(({ data }) => data['deleted'] === true);
    expect(gone.data).toEqual({ id, project_id, deleted: true });
    stream.close();
  });

  test('tell that a job was replaced by another of its name', async () => {
    const scene = await jobIn(house, 'failed');
    const stream = await begin(await follow(scene.project, '?types=job'));
    const { body } = await house.api<{ id: number }>('POST', `${scene.at}/retry`);
    const old = await stream.find(({ data }) => data['id'] === scene.id && data['retried'] === true);
    expect(old.data).toMatchObject({ status: 'failed', failure_reason: 'script_failure' });
    const fresh = await stream.find(({ data }) => data['id'] === body.id);
    expect(fresh.data).toMatchObject({ retried: false, name: 'job', status: 'pending' });
    stream.close();
  });

  test('go on where a follower was interrupted, with all that came meanwhile', async () => {
    const { project } = await moveIn(house);
    const at = `/projects/${project.id}`;
    const first = await begin(await follow(at, '?types=environment'));
    const one = await change(at, 'one');
    expect(await first.next()).toMatchObject({
      event: 'environment',
      data: { id: one, project_id: project.id },
    });
    const since = first.lastId();
    first.close();
    const others = [await change(at, 'two'), await change(at, 'three')];
    const again = await follow(at, '?types=environment', house.rootToken, since);
    expect(await again.next()).toEqual({ id: since, ...RESUMED });
    for (const id of others) expect((await again.next())?.data).toEqual({ id, project_id: project.id });
    again.close();
    // A first connection of a browser has no header; afterwards the header knows better than the address.
    const asked = await follow(at, `?types=environment&last_event_id=${since}`);
    expect(await asked.next()).toEqual({ id: since, ...RESUMED });
    asked.close();
    const later = await follow(
      at,
      `?types=environment&last_event_id=${since}`,
      house.rootToken,
      again.lastId(),
    );
    expect(await later.next()).toEqual({ id: again.lastId(), ...RESUMED });
    later.close();
  });

  test('begin anew for an id that is not theirs', async () => {
    const { project } = await moveIn(house);
    const known = await begin(await follow(`/projects/${project.id}`));
    const [life = ''] = known.lastId().split('-');
    for (const id of [
      'x',
      '-1',
      'abcdef-1',
      `${life}-`,
      `${life}-99999999`,
      `${life}-1.5`,
      '9'.repeat(5000),
    ]) {
      const stream = await follow(`/projects/${project.id}`, '?types=environment', house.rootToken, id);
      expect(await stream.next()).toMatchObject(reset('unknown'));
      await change(`/projects/${project.id}`, `after-${id.slice(0, 20).replaceAll('.', '-')}`);
      expect(await stream.next()).toMatchObject({ event: 'environment' });
      stream.close();
    }
    known.close();
  });

  test('begin anew for whoever was away for longer than they are kept', async () => {
    const small = await openRunnerHouse(kind, { events_kept: 3 });
    const { project } = await moveIn(small);
    const at = `/projects/${project.id}`;
    const first = await followEvents(small.url, small.rootToken, `${at}/events/stream`);
    const { id } = (await first.next())!;
    const stay = await followEvents(small.url, small.rootToken, `${at}/events/stream?types=environment`);
    await stay.next();
    first.close();
    for (const name of ['a', 'b', 'c', 'd']) {
      await small.api('POST', `${at}/environments`, { body: { name } });
      await stay.next();
    }
    const again = await followEvents(small.url, small.rootToken, `${at}/events/stream`, id);
    expect(await again.next()).toMatchObject(reset('too_old'));
    expect(again.lastId()).toBe(stay.lastId());
    await small.close();
  });

  test('forget what nobody follows any more', async () => {
    const brief = await openRunnerHouse(kind, { events_linger: 1 });
    const first = await followEvents(brief.url, brief.rootToken, '/events/stream');
    const { id } = (await first.next())!;
    const life = brief.parts.events.ring.end.life;
    first.close();
    await expect.poll(() => brief.parts.events.ring.end.life).not.toBe(life);
    const again = await followEvents(brief.url, brief.rootToken, '/events/stream', id);
    expect(await again.next()).toMatchObject(reset('unknown'));
    await brief.close();
  });

  test('end with the server, and begin anew with the next', async () => {
    const first = await openRunnerHouse(kind);
    const stream = await followEvents(first.url, first.rootToken, '/events/stream');
    const { id } = (await stream.next())!;
    const second = await first.restart();
    expect(await stream.next()).toBeNull();
    const again = await followEvents(second.url, second.rootToken, '/events/stream', id);
    expect(await again.next()).toMatchObject(reset('unknown'));
    await second.close();
  });

  test('say now and then that they are still there, and where to go on', async () => {
    const quick = await openRunnerHouse(kind, { event_heartbeat: 30 });
    const { project } = await moveIn(quick);
    const path = `${quick.url}/api/v4/projects/${project.id}/events/stream`;
    const stream = await openEventStream(`${path}?types=ref`, quick.rootToken);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    expect(await stream.next()).toMatchObject({ event: 'comment', id: null });
    const { id } = (await stream.next())!;
    expect(await stream.next()).toMatchObject({ event: 'comment', id });
    // What it is not told moves the place as well.
    await quick.api('POST', `/projects/${project.id}/environments`, { body: { name: 'x' } });
    let moved = await stream.next();
    while (moved?.id === id) moved = await stream.next();
    expect(moved).toMatchObject({ event: 'comment', id: expect.stringMatching(/^[0-9a-f]+-\d+$/) });
    stream.close();
    await quick.close();
  });

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

  test('are only those asked for', async () => {
    const [one, two] = [await moveIn(house), await moveIn(house)];
    const stream = await begin(await followAll(`?types=environment&project_ids=${two.project.id}`));
    await change(`/projects/${one.project.id}`, 'x');
    await two.start(planned('x'));
    const id = await change(`/projects/${two.project.id}`, 'y');
    expect((await stream.next())?.data).toEqual({ id, project_id: two.project.id });
    stream.close();
    const bad = { headers: { accept: 'text/event-stream' } };
    expect(refusal(await house.api('GET', '/events/stream?types=job,jobb', bad))).toEqual([
      400,
      { error: 'types does not have a valid value' },
    ]);
    expect(refusal(await house.api('GET', '/events/stream?project_ids=a', bad))).toEqual([
      400,
      { error: 'project_ids is invalid' },
    ]);
    expect(refusal(await house.api('GET', '/events/stream'))).toEqual([
      406,
      { message: '406 Not Acceptable - Accept must name text/event-stream' },
    ]);
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

  test('tell a project of the runners that it loses', async () => {
    const { project } = await moveIn(house);
    const other = await moveIn(house);
    const group = await house.api<{ id: number }>('POST', '/groups', {
      body: { name: 'crew', path: 'crew' },
    });
    const inGroup = await house.api<{ id: number }>('POST', '/projects', {
      body: { name: 'within', namespace_id: group.body.id },
    });
    const runner = await projectRunner(house, other.project.id);
    const shared = await house.api<{ id: number }>('POST', '/user/runners', {
      body: { runner_type: 'group_type', group_id: group.body.id },
    });
    expect(shared.status).toBe(201);
    const at = `/projects/${project.id}/runners`;
    expect((await house.api('POST', at, { body: { runner_id: runner.id } })).status).toBe(201);
    const maintainer = await personWith(house.api, 'maintainer', project.id);
    const types = '?types=runner,variables';
    const here = await begin(await follow(`/projects/${project.id}`, types, maintainer.token));
    const there = await begin(await follow(`/projects/${inGroup.body.id}`, '?types=runner'));
    // How it came was told by then.
    const variable = { key: 'ANY', value: 'thing' };
    await house.api('POST', `/projects/${project.id}/variables`, { body: variable });
    await here.find(({ event }) => event === 'variables');
    expect((await house.api('DELETE', `${at}/${runner.id}`)).status).toBe(204);
    expect((await here.next())?.data).toEqual({ id: runner.id });
    expect((await house.api('DELETE', `/runners/${shared.body.id}`)).status).toBe(204);
    const gone = await there.find(({ data }) => data['deleted'] === true);
    expect(gone.data).toEqual({ id: shared.body.id, deleted: true });
    await house.api('DELETE', `/runners/${other.runner.id}`);
    const built = await house.api<{ id: number }>('POST', '/user/runners', {
      body: { runner_type: 'project_type', project_id: project.id },
    });
    expect((await here.next())?.data).toEqual({ id: built.body.id });
    for (const stream of [here, there]) stream.close();
  });

  test('say of a runner that it has something else to do', async () => {
    const scene = await jobIn(house, 'pending');
    const stream = await begin(await followAll('?types=runner'));
    const { job } = await scene.runner.request();
    await scene.runner.running(job!);
    const { body } = await house.api<{ runner: { id: number } }>('GET', scene.at);
    const told = await stream.find(({ data }) => data['id'] === body.runner.id);
    expect(told.event).toBe('runner');
    stream.close();
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

  test('tell of projects as they come, change and go', async () => {
    const person = await addPerson(house.api, 'owner');
    const stream = await begin(await followAll('?types=project', person.token));
    const stranger = await begin(
      await followAll('?types=project', (await addPerson(house.api, 'other')).token),
    );
    const made = await house.api<{ id: number }>('POST', '/projects', {
      token: person.token,
      body: { name: 'fresh', visibility: 'private' },
    });
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect((await stream.find(({ event }) => event === 'project')).data).toEqual({ id });
    await house.api('PUT', `/projects/${id}`, { body: { description: 'changed' } });
    expect((await stream.next())?.data).toEqual({ id });
    const open = await house.api<{ id: number }>('POST', '/projects', {
      body: { name: 'open', visibility: 'public' },
    });
    expect((await stranger.next())?.data).toEqual({ id: open.body.id });
    for (const one of [stream, stranger]) one.close();
  });

  test('tell of branches that are made, moved and deleted', async () => {
    const made = await house.api<{ id: number }>('POST', '/projects', {
      body: { name: 'code', initialize_with_readme: true },
    });
    const at = `/projects/${made.body.id}`;
    const stream = await begin(await follow(at, '?types=ref'));
    await house.api('POST', `${at}/repository/branches`, { body: { branch: 'topic/1', ref: 'main' } });
    const created = (await stream.next())!.data;
    expect(created).toMatchObject({
      ref: 'refs/heads/topic/1',
      name: 'topic/1',
      type: 'branch',
      action: 'created',
    });
    const content = { branch: 'topic/1', content: 'x', commit_message: 'Add' };
    await house.api('POST', `${at}/repository/files/x`, { body: content });
    const updated = (await stream.next())!.data;
    expect(updated).toMatchObject({ name: 'topic/1', action: 'updated', before: created['after'] });
    await house.api('DELETE', `${at}/repository/branches/topic%2F1`);
    expect((await stream.next())!.data).toMatchObject({ action: 'deleted', before: updated['after'] });
    stream.close();
  });

  test('tell of very many jobs at once that they have changed, and no more', async () => {
    const { project, start } = await moveIn(house);
    const stream = await begin(await follow(`/projects/${project.id}`));
    const pipeline_id = await start(...Array.from({ length: 300 }, (_, index) => planned(`job ${index}`)));
    await change(`/projects/${project.id}`, 'last');
    const told: FollowedEvent[] = [];
    await stream.find((one) => one.event === 'environment' || told.push(one) < 0);
    const named = (name: string) => told.filter(({ event }) => event === name).map(({ data }) => data);
    expect(named('job')).toEqual([]);
    expect(named('jobs')).toContainEqual({ pipeline_id, project_id: project.id });
    expect(named('pipeline')).toContainEqual(expect.objectContaining({ id: pipeline_id }));
    expect(told.length).toBeLessThan(10);
    stream.close();
  });

  test('are kept within bounds for a reader that does not read', async () => {
    const small = await openRunnerHouse(kind, { events_kept: 300 });
    const { db, events } = small.parts;
    const project = await createProject(db);
    const path = `/projects/${project.id}/events/stream`;
    const slow = await followEvents(small.url, small.rootToken, path);
    expect(await slow.next()).toMatchObject(READY);
    slow.stream.response.pause();
    const { noteChange } = await import('../../src/events/change.ts');
    const zeros = '0'.repeat(40);
    for (let batch = 0; batch < 10; batch += 1) {
      await db.write(async (tx) => {
        for (let index = 0; index < 1000; index += 1) {
          const ref = `refs/heads/${batch}-${index}-${'x'.repeat(4000)}`;
          noteChange(tx, { type: 'ref', project_id: project.id, ref, before: zeros, after: zeros });
        }
      });
      await expect.poll(() => events.ring.end.seq, { timeout: 20_000 }).toBe((batch + 1) * 1000);
    }
    // Forty megabytes were told; the reader gets what was on its way, and then hears that it has missed the rest.
    let heard = 0;
    for (let one = await slow.next(); one?.event !== 'reset'; one = await slow.next()) heard += 1;
    expect(heard).toBeLessThan(9000);
    await small.api('POST', `/projects/${project.id}/environments`, { body: { name: 'x' } });
    await slow.find(({ event }) => event === 'environment');
    await small.close();
  });

  test('are refused to whoever follows too many streams, until one of them is over', async () => {
    const strict = await openRunnerHouse(kind, { event_streams: 2, event_streams_anonymous: 1 });
    const person = await addPerson(strict.api, 'many');
    const open = (token: string) => followEvents(strict.url, token, '/events/stream');
    const asked = { token: person.token, headers: { accept: 'text/event-stream' } };
    // It follows nothing.
    for (let index = 0; index < 5; index += 1)
      expect((await strict.api('HEAD', '/events/stream', asked)).status).toBe(200);
    await expect.poll(() => strict.parts.events.followers).toBe(0);
    const first = await open(person.token);
    const second = await open(person.token);
    expect(refusal(await strict.api('GET', '/events/stream', asked))).toEqual([
      429,
      { message: '429 Too Many Requests - too many streams of events are open' },
    ]);
    expect((await open(strict.rootToken)).status).toBe(200);
    first.close();
    await expect.poll(() => strict.parts.events.followers).toBe(2);
    expect((await open(person.token)).status).toBe(200);
    second.close();
    const nobody = { headers: { accept: 'text/event-stream' } };
    const open1 = await fetch(`${strict.url}/api/v4/events/stream`, nobody);
    expect(open1.status).toBe(200);
    expect((await fetch(`${strict.url}/api/v4/events/stream`, nobody)).status).toBe(429);
    await open1.body?.cancel();
    await strict.close();
  });
});
