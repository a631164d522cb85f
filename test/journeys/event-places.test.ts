import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { begin, READY, RESUMED, reset, streamsOf } from '../support/event-house.ts';
import { openEventStream } from '../support/event-stream.ts';
import { followEvents } from '../support/followed-events.ts';
import { personWith, refusal } from '../support/job-scenes.ts';
import { addPerson } from '../support/people.ts';
import { createProject } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

describe.each(databases)('the events of a server, to whoever comes again or too late, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { event_heartbeat: 60_000 });
  });
  const { change, follow } = streamsOf(() => house);

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

  test('begin anew for whoever comes again with other rights, and for nobody else', async () => {
    const { project } = await moveIn(house);
    const at = `/projects/${project.id}`;
    const [person, friend] = [
      await personWith(house.api, 'reporter', project.id),
      await personWith(house.api, 'reporter', project.id),
    ];
    const types = '?types=environment';
    const first = await begin(await follow(at, types, person.token));
    const since = first.lastId();
    first.close();
    const body = { access_level: 10 };
    const { status } = await house.api('PUT', `${at}/members/${person.id}`, { body });
    expect(status).toBe(200);
    const again = await follow(at, types, person.token, since);
    expect(await again.next()).toMatchObject(reset('access'));
    const others = await follow(at, types, friend.token, since);
    expect(await others.next()).toEqual({ id: since, ...RESUMED });
    // Only somebody who may see environments hears of one.
    const id = await change(at, 'seen');
    expect((await others.next())?.data).toEqual({ id, project_id: project.id });
    for (const stream of [again, others]) stream.close();
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
