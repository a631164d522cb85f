import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { begin, streamsOf } from '../support/event-house.ts';
import type { FollowedEvent } from '../support/followed-events.ts';
import { jobIn, personWith, refusal } from '../support/job-scenes.ts';
import { addPerson } from '../support/people.ts';
import { jobsOf, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, projectRunner, type RunnerHouse } from '../support/runner-house.ts';

describe.each(databases)('the events of a server, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { event_heartbeat: 60_000 });
  });
  const { change, follow, followAll } = streamsOf(() => house);

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

  test('tell of projects as they come, change and go', async () => {
    const person = await addPerson(house.api, 'owner');
    const all = await begin(await followAll('?types=project'));
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
    expect((await all.next())?.data).toEqual({ id });
    // Whoever owns it may see more now, of which her stream tells; all that came before that is told by it too.
    await stream.find(({ event }) => event === 'reset');
    await house.api('PUT', `/projects/${id}`, { body: { description: 'changed' } });
    expect((await stream.find(({ event }) => event === 'project')).data).toEqual({ id });
    const open = await house.api<{ id: number }>('POST', '/projects', {
      body: { name: 'open', visibility: 'public' },
    });
    expect((await stranger.next())?.data).toEqual({ id: open.body.id });
    for (const one of [all, stream, stranger]) one.close();
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
});
