import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { followEvents } from '../support/followed-events.ts';
import { jobIn, type SceneOptions } from '../support/job-scenes.ts';
import { bytesOf, finish, logStreamsOf, ofLog, piece } from '../support/log-events.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';

describe.each(databases)(
  'the events of a project with a log, when their reader was interrupted, on %s',
  (kind) => {
    let house: RunnerHouse;
    beforeAll(async () => {
      house = await openRunnerHouse(kind, { event_heartbeat: 60_000, trace_heartbeat: 100 });
    });
    const { follow, change } = logStreamsOf(() => house);
    const running = (options?: SceneOptions) => jobIn(house, 'running', options);

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
      for (const since of [
        `x~${scene.id}~x`,
        `x~${scene.id}~-1`,
        `x~${scene.id}~`,
        '~~',
        `~${scene.id}~4~4`,
        `~${scene.id}~4-`,
        `~${scene.id}~4-x`,
      ]) {
        const stream = await follow(scene, '&types=environment', since);
        expect(await stream.next()).toMatchObject({ event: 'reset', data: { reason: 'unknown' } });
        expect(await ofLog(stream)).toMatchObject(piece(scene.id, 0, 'one\ntwo\n'));
        stream.close();
      }
    });

    test('begin the log anew for a reader who was away while it was sent again, and more of it', async () => {
      const scene = await running({ log: 'eurt' });
      const types = '&types=environment';
      const first = await follow(scene, types);
      expect(await ofLog(first)).toMatchObject(piece(scene.id, 0, 'eurt'));
      const since = first.lastId();
      first.close();
      expect((await scene.runner.finish(scene.payload!, 'success', 'true, or not')).status).toBe(412);
      await scene.runner.patch(scene.payload!, 'true, or');
      const reset = { event: 'trace_reset', data: { job_id: scene.id, generation: 1 } };
      const streams = [
        await follow(scene, types, since),
        await follow(scene, `${types}&trace_offset=4`),
        await follow(scene, `${types}&trace_offset=4&trace_generation=2`),
      ];
      for (const stream of streams) {
        expect(await ofLog(stream)).toMatchObject(reset);
        expect(await ofLog(stream)).toMatchObject(piece(scene.id, 0, 'true, or'));
        stream.close();
      }
      const index = await house.api('GET', `${scene.at}/trace/index`);
      expect(index.body).toMatchObject({ generation: 1, size: 8 });
      await scene.runner.patch(scene.payload!, ' not', 8);
      await finish(scene, 'true, or not');
      for (const stream of [
        await follow(scene, types, streams[0]!.lastId()),
        await follow(scene, `${types}&trace_offset=8&trace_generation=1`),
      ]) {
        expect(await ofLog(stream)).toMatchObject(piece(scene.id, 8, ' not'));
        expect((await ofLog(stream)).event).toBe('trace_end');
        stream.close();
      }
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
  },
);
