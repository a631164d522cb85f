import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import type { FollowedEvent } from '../support/followed-events.ts';
import { jobIn, type SceneOptions } from '../support/job-scenes.ts';
import { bytesOf, finish, logStreamsOf, ofLog, piece } from '../support/log-events.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { until } from '../support/until.ts';

describe.each(databases)('the events of a project that bring a log along, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { event_heartbeat: 60_000, trace_heartbeat: 100 });
  });
  const { follow, change } = logStreamsOf(() => house);
  const running = (options?: SceneOptions) => jobIn(house, 'running', options);

  test('are one stream: what is written comes between what happens, until the log has its end', async () => {
    const scene = await running();
    const { id, runner, payload } = scene;
    const stream = await follow(scene, '&types=job,environment');
    expect(await stream.next()).toMatchObject({ event: 'ready', data: { resumed: false } });
    await runner.patch(payload!, 'one\n');
    expect(await stream.next()).toMatchObject(piece(id, 0, 'one\n'));
    const environment = await change(scene, 'here');
    expect(await stream.next()).toMatchObject({ event: 'environment', data: { id: environment } });
    await runner.patch(payload!, 'two\n', 4);
    expect(await stream.next()).toMatchObject(piece(id, 4, 'two\n'));
    await finish(scene, 'one\ntwo\n');
    const last = [await stream.next(), await stream.next()].toSorted((a, b) =>
      a!.event.localeCompare(b!.event),
    );
    expect(last).toMatchObject([
      { event: 'job', data: { id, status: 'success' } },
      { event: 'trace_end', data: { job_id: id, status: 'success', erased: false } },
    ]);
    // It is not the end of the events.
    await change(scene, 'there');
    expect((await stream.next())?.event).toBe('environment');
    stream.close();
  });

  test('begin a log anew that is shorter than their reader knows, or sent again', async () => {
    const scene = await running({ log: 'eurt' });
    const far = await follow(scene, '&trace_offset=99');
    expect(await ofLog(far)).toMatchObject({ event: 'trace_reset', data: { job_id: scene.id } });
    expect(await ofLog(far)).toMatchObject(piece(scene.id, 0, 'eurt'));
    expect((await scene.runner.finish(scene.payload!, 'success', 'true')).status).toBe(412);
    expect(await ofLog(far)).toMatchObject({ event: 'trace_reset', data: { job_id: scene.id } });
    await scene.runner.patch(scene.payload!, 'true');
    expect(await ofLog(far)).toMatchObject(piece(scene.id, 0, 'true'));
    far.close();
  });

  test('wait for the log of a job that no runner has, and say when none will come', async () => {
    const scene = await jobIn(house, 'pending');
    const stream = await follow(scene, '&types=environment');
    await stream.next();
    await house.api('POST', `${scene.at}/cancel`);
    const end = { event: 'trace_end', data: { job_id: scene.id, status: 'canceled', erased: true } };
    expect(await stream.next()).toMatchObject(end);
    const late = await follow(scene, '&types=environment');
    expect(await ofLog(late)).toMatchObject(end);
    for (const one of [stream, late]) one.close();
  });

  test('say of a log that was erased that there is none', async () => {
    const scene = await jobIn(house, 'success', { log: 'secret' });
    const before = await follow(scene, '&types=job');
    await ofLog(before);
    expect((await ofLog(before)).event).toBe('trace_end');
    expect((await house.api('POST', `${scene.at}/erase`)).status).toBe(201);
    const told = await before.find(({ data }) => data['erased_at'] !== null);
    expect(told).toMatchObject({ event: 'job', data: { id: scene.id } });
    for (const since of [undefined, before.lastId()]) {
      const stream = await follow(scene, '&types=environment', since);
      expect(await ofLog(stream)).toMatchObject({
        event: 'trace_end',
        data: { status: 'success', erased: true },
      });
      stream.close();
    }
    before.close();
  });

  test('count as watching the log, until their reader hangs up', async () => {
    const scene = await running({ log: 'x' });
    const { logs, clock } = house.parts;
    const isWatched = () => logs.isWatched(scene.id, clock() + 60_000);
    const stream = await follow(scene);
    await ofLog(stream);
    expect(isWatched()).toBe(true);
    stream.close();
    await until('nobody watches', async () => (isWatched() ? undefined : true));
  });

  test('are kept within bounds for a reader that is slow, and lose no byte', async () => {
    const scene = await running();
    const stream = await follow(scene, '&types=environment');
    await stream.next();
    stream.stream.response.pause();
    const chunk = Buffer.alloc(1 << 20, 'x');
    for (let at = 0; at < 12; at += 1) await scene.runner.patch(scene.payload!, chunk, at << 20);
    await finish(scene, Buffer.alloc(12 << 20, 'x'));
    await change(scene, 'late');
    const told: FollowedEvent[] = [];
    await stream.find((one) => one.event === 'trace_end' || told.push(one) < 0);
    let size = 0;
    for (const one of told.filter(({ event }) => event === 'trace')) {
      expect(one.data['offset']).toBe(size);
      size += bytesOf(one).length;
    }
    expect(size).toBe(12 << 20);
    // What happened meanwhile did not wait for the whole log.
    expect(told.filter(({ event }) => event === 'environment')).toHaveLength(1);
    stream.close();
  });
});
