import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { openEventStream, type EventStream, type ServerEvent } from '../support/event-stream.ts';
import { FORBIDDEN, jobIn, type JobScene, NO_RECORD, personWith, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';
import { until } from '../support/until.ts';

const bytesOf = (events: ServerEvent[]) =>
  Buffer.concat(events.filter(({ event }) => event === 'log').map(({ data }) => Buffer.from(data, 'base64')));
const ended = (status: string, erased = false) => ({
  id: null,
  event: 'end',
  data: JSON.stringify({ status, erased }),
});

/** The next event that is no comment. */
const event = async (stream: EventStream) => {
  for (;;) {
    const one = await stream.next();
    if (one?.event !== 'comment') return one;
  }
};
const log = (end: number | string, text: string) => ({
  id: String(end),
  event: 'log',
  data: Buffer.from(text).toString('base64'),
});
const finish = async ({ runner, payload }: JobScene, text: string | Buffer) => {
  expect((await runner.finish(payload!, 'success', text)).status).toBe(200);
};

describe.each(databases)('the log of a job as it grows, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { trace_heartbeat: 50 });
  });

  const follow = (at: string, headers: Record<string, string> = {}, query = '', token = house.rootToken) =>
    openEventStream(`${house.url}/api/v4${at}/trace${query}`, token, headers);
  const isSealed = (at: string) =>
    until('the log is sealed', async () => {
      const { headers } = await house.api('GET', `${at}/trace`);
      return headers.get('etag')?.startsWith('"live') ? undefined : true;
    });

  test('is told chunk by chunk, and ends with the status of its job', async () => {
    const scene = await jobIn(house, 'running');
    const stream = await follow(scene.at);
    expect(stream.status).toBe(200);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    await scene.runner.patch(scene.payload!, 'one\n');
    expect(await event(stream)).toEqual(log(4, 'one\n'));
    await scene.runner.patch(scene.payload!, 'two\n', 4);
    expect(await event(stream)).toEqual(log(8, 'two\n'));
    await finish(scene, 'one\ntwo\n');
    expect(await stream.rest()).toEqual([ended('success')]);
  });

  test('of a job that is over comes at once', async () => {
    const { at } = await jobIn(house, 'failed', { log: 'it broke\n' });
    const events = await (await follow(at)).rest();
    expect(events).toEqual([log(9, 'it broke\n'), ended('failed')]);
  });

  test('goes on after the byte that was read last, live and sealed', async () => {
    const scene = await jobIn(house, 'running', { log: 'one\ntwo\n' });
    const live = await follow(scene.at, { 'Last-Event-ID': '4' });
    expect(await event(live)).toEqual(log(8, 'two\n'));
    await finish(scene, 'one\ntwo\n');
    expect(await live.rest()).toEqual([ended('success')]);
    const sealed = await follow(scene.at, { 'Last-Event-ID': '7' });
    expect(await sealed.rest()).toEqual([log(8, '\n'), ended('success')]);
    const complete = await follow(scene.at, { 'Last-Event-ID': '8' });
    expect(await complete.rest()).toEqual([ended('success')]);
  });

  test('begins anew for a client that has read more than there is', async () => {
    const { at } = await jobIn(house, 'success', { log: 'short' });
    const events = await (await follow(at, { 'Last-Event-ID': '99' })).rest();
    expect(events).toEqual([{ id: '0', event: 'reset', data: '{}' }, log(5, 'short'), ended('success')]);
  });

  test('says when what was told counts for nothing, because the runner sends it again', async () => {
    const scene = await jobIn(house, 'running', { log: 'eurt' });
    const stream = await follow(scene.at);
    expect(await event(stream)).toEqual(log(4, 'eurt'));
    expect((await scene.runner.finish(scene.payload!, 'success', 'true')).status).toBe(412);
    expect(await event(stream)).toEqual({ id: '0-1', event: 'reset', data: '{}' });
    await scene.runner.patch(scene.payload!, 'true');
    expect(await event(stream)).toEqual(log('4-1', 'true'));
    await finish(scene, 'true');
    expect(await stream.rest()).toEqual([ended('success')]);
  });

  test('begins anew for a client that was away while its runner sent it again, and more of it', async () => {
    const scene = await jobIn(house, 'running', { log: 'eurt' });
    const since = async (id: string) => follow(scene.at, { 'Last-Event-ID': id });
    const first = await follow(scene.at);
    expect(await event(first)).toEqual(log(4, 'eurt'));
    first.close();
    expect((await scene.runner.finish(scene.payload!, 'success', 'true, or not')).status).toBe(412);
    await scene.runner.patch(scene.payload!, 'true, or');
    const again = await since('4');
    expect(await event(again)).toEqual({ id: '0-1', event: 'reset', data: '{}' });
    expect(await event(again)).toEqual(log('8-1', 'true, or'));
    again.close();
    await scene.runner.patch(scene.payload!, ' not', 8);
    const next = await since('8-1');
    expect(await event(next)).toEqual(log('12-1', ' not'));
    await finish(scene, 'true, or not');
    expect(await next.rest()).toEqual([ended('success')]);
    await isSealed(scene.at);
    const anew = [{ id: '0-1', event: 'reset', data: '{}' }, log('12-1', 'true, or not'), ended('success')];
    expect(await (await since('4')).rest()).toEqual(anew);
    expect(await (await since('8-1')).rest()).toEqual([log('12-1', ' not'), ended('success')]);
    expect(await (await follow(scene.at, {}, '?tail=1')).rest()).toEqual(anew.slice(1));
  });

  test('can begin with its last lines', async () => {
    const { at } = await jobIn(house, 'success', { log: 'one\ntwo\nthree\n' });
    const events = await (await follow(at, {}, '?tail=2')).rest();
    expect(events).toEqual([log(14, 'two\nthree\n'), ended('success')]);
  });

  test('is waited for while no runner has the job', async () => {
    const scene = await jobIn(house, 'pending');
    const stream = await follow(scene.at);
    expect((await stream.next())?.event).toBe('comment');
    const { job } = await scene.runner.request();
    await scene.runner.running(job!);
    await scene.runner.patch(job!, 'here');
    expect(await event(stream)).toEqual(log(4, 'here'));
    stream.close();
  });

  test('that never comes, because its job is canceled, ends', async () => {
    const { at } = await jobIn(house, 'pending');
    const stream = await follow(at);
    expect((await stream.next())?.event).toBe('comment');
    await house.api('POST', `${at}/cancel`);
    expect(await stream.rest()).toEqual([ended('canceled', true)]);
    expect(
      refusal(await house.api('GET', `${at}/trace`, { headers: { accept: 'text/event-stream' } })),
    ).toEqual(NO_RECORD);
  });

  test('says now and then that it is still there', async () => {
    const { at } = await jobIn(house, 'running');
    const stream = await follow(at);
    const comments = [await stream.next(), await stream.next(), await stream.next()];
    expect(comments.map((one) => one?.event)).toEqual(['comment', 'comment', 'comment']);
    stream.close();
  });

  test('that is erased ends and says so', async () => {
    const scene = await jobIn(house, 'running', { log: 'secret' });
    const stream = await follow(scene.at);
    expect(await event(stream)).toEqual(log(6, 'secret'));
    await finish(scene, 'secret');
    await stream.rest();
    const paused = await follow(scene.at);
    expect((await house.api('POST', `${scene.at}/erase`)).status).toBe(201);
    // What was read before may still arrive; nothing is made up after.
    const events = await paused.rest();
    expect(bytesOf(events).toString()).toMatch(/^(secret)?$/);
    expect(await follow(scene.at)).toMatchObject({ status: 404 });
  });

  test('reaches each of many watchers whole', async () => {
    const scene = await jobIn(house, 'running');
    const streams = await Promise.all(Array.from({ length: 40 }, () => follow(scene.at)));
    const all = Promise.all(streams.map((stream) => stream.rest()));
    let sent = '';
    for (let line = 0; line < 20; line += 1) {
      const text = `line ${line}\n`;
      await scene.runner.patch(scene.payload!, text, sent.length);
      sent += text;
    }
    await finish(scene, sent);
    for (const events of await all) {
      expect(bytesOf(events).toString()).toBe(sent);
      expect(events.at(-1)).toEqual(ended('success'));
    }
  });

  test('does not fill the memory for a reader that is slow', async () => {
    const scene = await jobIn(house, 'running');
    const stream = await follow(scene.at);
    stream.response.pause();
    const chunk = Buffer.alloc(1 << 20, 'x');
    for (let at = 0; at < 12; at += 1) await scene.runner.patch(scene.payload!, chunk, at << 20);
    const all = Buffer.alloc(12 << 20, 'x');
    await finish(scene, all);
    await isSealed(scene.at);
    // It got a part before it paused; the rest is read from where the log lies now.
    const events = await stream.rest();
    expect(bytesOf(events).equals(all)).toBe(true);
    expect(events.at(-1)).toEqual(ended('success'));
  });

  test('holds nobody up who hangs up', async () => {
    const scene = await jobIn(house, 'running', { log: 'x' });
    const stream = await follow(scene.at);
    expect(await event(stream)).toEqual(log(1, 'x'));
    const { logs, clock } = house.parts;
    expect(logs.isWatched(scene.id, clock() + 60_000)).toBe(true);
    stream.close();
    await until('nobody watches', async () =>
      logs.isWatched(scene.id, clock() + 60_000) ? undefined : true,
    );
  });

  test('is watched for a moment by whoever has read it, if only to hear that nothing is new', async () => {
    const { at, id } = await jobIn(house, 'running', { log: 'x' });
    const { logs, clock } = house.parts;
    expect(logs.isWatched(id, clock())).toBe(false);
    const { headers } = await house.api('GET', `${at}/trace`);
    house.ahead += 11_000;
    expect(logs.isWatched(id, clock())).toBe(false);
    const etag = headers.get('etag')!;
    expect((await house.api('GET', `${at}/trace`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect(logs.isWatched(id, clock())).toBe(true);
  });

  test('that begins to show secrets is closed to those below developers', async () => {
    const scene = await jobIn(house, 'running', { log: 'plain ' });
    await house.api('PUT', scene.project, { body: { visibility: 'public' } });
    const reporter = await personWith(house.api, 'reporter', scene.project_id);
    const developer = await personWith(house.api, 'developer', scene.project_id);
    const [low, high] = await Promise.all(
      [reporter, developer].map(({ token }) => follow(scene.at, {}, '', token)),
    );
    expect(await event(low!)).toEqual(log(6, 'plain '));
    expect(await event(high!)).toEqual(log(6, 'plain '));
    await scene.runner.patch(scene.payload!, '+ secret', 6, '?debug_trace=true');
    expect(await low!.rest()).toEqual([]);
    expect(await event(high!)).toEqual(log(14, '+ secret'));
    high!.close();
    const again = { headers: { accept: 'text/event-stream' }, token: reporter.token };
    expect(refusal(await house.api('GET', `${scene.at}/trace`, again))).toEqual(FORBIDDEN);
  });

  test.each(['x', '-1', '1.5', '1-', '1-x', '1-1-1', '99999999999999999999'])(
    'Last-Event-ID %s is refused',
    async (id) => {
      const { at } = await jobIn(house, 'running');
      const headers = { accept: 'text/event-stream', 'last-event-id': id };
      expect(refusal(await house.api('GET', `${at}/trace`, { headers }))).toEqual([
        400,
        { error: 'Last-Event-ID is invalid' },
      ]);
    },
  );

  test('is byte for byte what was sent, live and sealed, whatever the bytes and wherever they are cut', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc
        .string({ unit: 'binary', minLength: 1, maxLength: 80 })
        .map((text) => new TextEncoder().encode(text)),
      fc.constantFrom('\r\n\r\n', 'data: x\n\n', '\ufeff', '€').map((text) => new TextEncoder().encode(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat({ max: 600 }), { maxLength: 4 }),
        async (pieces, cuts) => {
          const all = Buffer.concat(pieces);
          const scene = await jobIn(house, 'running');
          const live = (await follow(scene.at)).rest();
          const borders = [...new Set(cuts.map((cut) => cut % all.length)), 0, all.length].toSorted(
            (a, b) => a - b,
          );
          for (const [index, start] of borders.entries()) {
            const end = borders[index + 1] ?? start;
            if (end > start) await scene.runner.patch(scene.payload!, all.subarray(start, end), start);
          }
          await finish(scene, all);
          expect(bytesOf(await live).equals(all)).toBe(true);
          await isSealed(scene.at);
          expect(bytesOf(await (await follow(scene.at)).rest()).equals(all)).toBe(true);
          const plain = await fetch(`${house.url}/api/v4${scene.at}/trace`, {
            headers: { 'private-token': house.rootToken },
          });
          expect(Buffer.from(await plain.arrayBuffer()).equals(all)).toBe(true);
        },
      ),
      { numRuns: 8 },
    );
  });

  test('ends when the server stops, and goes on at the next byte after it has started again', async () => {
    const first = await openRunnerHouse(kind);
    const bytes = Buffer.from('caf\u00e9 \u20ac \u{1f600}\n\xff');
    const scene = await jobIn(first, 'running');
    // The first chunk ends within a character.
    await scene.runner.patch(scene.payload!, bytes.subarray(0, 7));
    const stream = await openEventStream(`${first.url}/api/v4${scene.at}/trace`, first.rootToken);
    const begun = await event(stream);
    const second = await first.restart();
    expect(await stream.rest()).toEqual([]);
    const path = `${second.url}/api/v4${scene.at}/trace`;
    const again = await openEventStream(path, second.rootToken, { 'Last-Event-ID': begun!.id! });
    const { token, system_id } = scene.runner;
    const runner = new SimulatedRunner(second.url, token, { system_id });
    await runner.patch(scene.payload!, bytes.subarray(7), 7);
    expect((await runner.finish(scene.payload!, 'success', bytes)).status).toBe(200);
    const rest = await again.rest();
    expect(bytesOf([begun!, ...rest]).equals(bytes)).toBe(true);
    expect(rest.at(-1)).toEqual(ended('success'));
    runner.close();
    await second.close();
  });
});
