import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { type Followed, type FollowedEvent, followEvents } from '../support/followed-events.ts';
import {
  FORBIDDEN,
  jobIn,
  type JobScene,
  NO_RECORD,
  personWith,
  refusal,
  type SceneOptions,
  UNAUTHORIZED,
} from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';
import { until } from '../support/until.ts';

const ACCEPTS = { accept: 'text/event-stream' };
const bytesOf = ({ data }: FollowedEvent) => Buffer.from(String(data['bytes']), 'base64');

const finish = async ({ runner, payload }: JobScene, log: string | Buffer) =>
  expect((await runner.finish(payload!, 'success', log)).status).toBe(200);

/** What comes of a job's log, whatever else is told. */
const ofLog = (stream: Followed) => stream.find(({ event }) => event.startsWith('trace'));
const piece = (job_id: number, offset: number, text: string) => ({
  event: 'trace',
  data: { job_id, offset, bytes: Buffer.from(text).toString('base64') },
});

describe.each(databases)('the events of a project that bring a log along, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { event_heartbeat: 60_000, trace_heartbeat: 100 });
  });

  const follow = ({ project, id }: JobScene, more = '', since?: string, token = house.rootToken) =>
    followEvents(house.url, token, `${project}/events/stream?job_id=${id}${more}`, since);
  const ask = ({ project }: JobScene, job_id: number, token: string | null = house.rootToken) =>
    house.api('GET', `${project}/events/stream?job_id=${job_id}`, { headers: ACCEPTS, token });
  const change = async ({ project }: JobScene, name: string) => {
    const body = { name };
    return (await house.api<{ id: number }>('POST', `${project}/environments`, { body })).body.id;
  };
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

  test('go on at the event and at the byte where their reader was interrupted', async () => {
    const scene = await running();
    const { id, runner, payload } = scene;
    const first = await follow(scene, '&types=environment');
    await first.next();
    const euro = Buffer.from('5 €\n');
    await runner.patch(payload!, euro.subarray(0, 3));
    await ofLog(first);
    const since = first.lastId();
    first.close();
    const environment = await change(scene, 'meanwhile');
    await runner.patch(payload!, euro.subarray(3), 3);
    const again = [
      await follow(scene, '&types=environment', since),
      // A browser that connects by itself says the byte of its first connection too.
      await follow(scene, '&types=environment&trace_offset=1', since),
      await follow(scene, `&types=environment&last_event_id=${since}`),
    ];
    for (const stream of again) {
      expect(await stream.next()).toEqual({ id: since, event: 'ready', data: { resumed: true } });
      const told = [await stream.next(), await stream.next()].toSorted((a, b) =>
        a!.event.localeCompare(b!.event),
      );
      expect(told).toMatchObject([
        { event: 'environment', data: { id: environment } },
        { event: 'trace', data: { job_id: id, offset: 3, bytes: euro.subarray(3).toString('base64') } },
      ]);
      stream.close();
    }
  });

  test('begin the log at the byte that is asked for, unless their reader has heard of this log', async () => {
    const scene = await jobIn(house, 'success', { log: 'one\ntwo\n' });
    const fresh = await follow(scene, '&types=environment&trace_offset=4');
    expect(await ofLog(fresh)).toMatchObject(piece(scene.id, 4, 'two\n'));
    fresh.close();
    const [event = ''] = fresh.lastId().split('~');
    // The same events, with another log or none.
    for (const since of [event, `${event}~${scene.id + 1}~7`]) {
      const stream = await follow(scene, '&types=environment&trace_offset=4', since);
      expect(await stream.next()).toMatchObject({ event: 'ready', data: { resumed: true } });
      expect(await ofLog(stream)).toMatchObject(piece(scene.id, 4, 'two\n'));
      stream.close();
    }
    const without = await followEvents(
      house.url,
      house.rootToken,
      `${scene.project}/events/stream?types=environment`,
      `${event}~${scene.id}~7`,
    );
    expect(await without.next()).toEqual({ id: event, event: 'ready', data: { resumed: true } });
    without.close();
    for (const since of [`x~${scene.id}~x`, `x~${scene.id}~-1`, `x~${scene.id}~`, '~~', `~${scene.id}~4~4`]) {
      const stream = await follow(scene, '&types=environment', since);
      expect(await stream.next()).toMatchObject({ event: 'reset', data: { reason: 'unknown' } });
      expect(await ofLog(stream)).toMatchObject(piece(scene.id, 0, 'one\ntwo\n'));
      stream.close();
    }
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

  test('are refused to whoever may not read the log', async () => {
    const scene = await running({ log: 'x' });
    const other = await running({ log: 'x' });
    await house.api('PUT', scene.project, { body: { visibility: 'public' } });
    const reporter = await personWith(house.api, 'reporter', scene.project_id);
    expect(refusal(await ask(scene, scene.id, null))).toEqual(UNAUTHORIZED);
    expect(refusal(await ask(scene, other.id))).toEqual(NO_RECORD);
    expect((await ask(other, other.id, reporter.token)).status).toBe(404);
    await scene.runner.patch(scene.payload!, 'secret', 1, '?debug_trace=true');
    expect(refusal(await ask(scene, scene.id, reporter.token))).toEqual(FORBIDDEN);
    for (const query of [
      'job_id=x',
      `job_id=${scene.id}&trace_offset=-1`,
      `job_id=${scene.id}&trace_offset=x`,
    ])
      expect(
        (await house.api('GET', `${scene.project}/events/stream?${query}`, { headers: ACCEPTS })).status,
      ).toBe(400);
    // Nobody holds a place for having been refused.
    await expect.poll(() => house.parts.events.followers).toBe(0);
  });

  test('end a log that begins to show secrets for those below developers, and go on', async () => {
    const scene = await running({ log: 'plain ' });
    const { id, project_id, runner, payload } = scene;
    const [reporter, developer] = [
      await personWith(house.api, 'reporter', project_id),
      await personWith(house.api, 'developer', project_id),
    ];
    const types = '&types=environment';
    const [low, high] = [
      await follow(scene, types, undefined, reporter.token),
      await follow(scene, types, undefined, developer.token),
    ];
    for (const stream of [low, high]) expect(await ofLog(stream)).toMatchObject(piece(id, 0, 'plain '));
    await runner.patch(payload!, '+ secret', 6, '?debug_trace=true');
    expect(await low.next()).toMatchObject({
      event: 'trace_end',
      data: { job_id: id, status: 'running', erased: false, forbidden: true },
    });
    expect(await high.next()).toMatchObject(piece(id, 6, '+ secret'));
    // Whoever is a developer no more reads no further either.
    await house.api('PUT', `${scene.project}/members/${developer.id}`, { body: { access_level: 20 } });
    await change(scene, 'on');
    for (const stream of [low, high]) expect((await stream.next())?.event).toBe('environment');
    await runner.patch(payload!, '+ more', 14);
    expect(await high.next()).toMatchObject({ event: 'trace_end', data: { forbidden: true } });
    for (const stream of [low, high]) stream.close();
  });

  test('end with the rights of their reader, though the log goes on', async () => {
    const scene = await running({ log: 'x' });
    const developer = await personWith(house.api, 'developer', scene.project_id);
    const stream = await follow(scene, '&types=environment', undefined, developer.token);
    await ofLog(stream);
    await house.api('DELETE', `${scene.project}/members/${developer.id}`);
    expect(await stream.next()).toMatchObject({ event: 'reset', data: { reason: 'access', ends: true } });
    await scene.runner.patch(scene.payload!, 'more', 1);
    expect(await stream.next()).toBeNull();
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

  test('are byte for byte what was sent, however often their reader is interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
        async (pieces, interrupted) => {
          const scene = await running();
          const heard: Buffer[] = [];
          let since: string | undefined;
          let size = 0;
          let stream = await follow(scene, '&types=environment');
          const hear = async (upTo: number) => {
            for (let length = Buffer.concat(heard).length; length < upTo;) {
              const one = await ofLog(stream);
              expect([one.event, one.data['offset']]).toEqual(['trace', length]);
              heard.push(bytesOf(one));
              length += bytesOf(one).length;
              since = stream.lastId();
            }
          };
          for (const [index, bytes] of pieces.entries()) {
            await scene.runner.patch(scene.payload!, bytes, size);
            size += bytes.length;
            if (interrupted[index % interrupted.length]) {
              stream.close();
              stream = await follow(scene, '&types=environment', since);
            } else await hear(size);
          }
          const all = Buffer.concat(pieces);
          await finish(scene, all);
          await hear(size);
          expect((await ofLog(stream)).event).toBe('trace_end');
          expect(Buffer.concat(heard).equals(all)).toBe(true);
          stream.close();
        },
      ),
      { numRuns: 8 },
    );
  });

  test('end when the server stops; the next begins the events anew, and the log at the next byte', async () => {
    const first = await openRunnerHouse(kind);
    const scene = await jobIn(first, 'running', { log: 'one\n' });
    const path = `${scene.project}/events/stream?job_id=${scene.id}`;
    const stream = await followEvents(first.url, first.rootToken, path);
    expect(await ofLog(stream)).toMatchObject(piece(scene.id, 0, 'one\n'));
    const since = stream.lastId();
    const second = await first.restart();
    expect(await stream.next()).toBeNull();
    const { token, system_id } = scene.runner;
    const runner = new SimulatedRunner(second.url, token, { system_id });
    await runner.patch(scene.payload!, 'two\n', 4);
    const again = await followEvents(second.url, second.rootToken, path, since);
    expect(await again.next()).toMatchObject({ event: 'reset', data: { reason: 'unknown' } });
    expect(await ofLog(again)).toMatchObject(piece(scene.id, 4, 'two\n'));
    runner.close();
    await second.close();
  });
});
