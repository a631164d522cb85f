import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
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
import { reset } from '../support/event-house.ts';
import { logStreamsOf, ofLog, piece } from '../support/log-events.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const ACCEPTS = { accept: 'text/event-stream' };

describe.each(databases)('the events of a project with a log, and who may read it, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { event_heartbeat: 60_000, trace_heartbeat: 100 });
  });
  const { follow, change } = logStreamsOf(() => house);
  const ask = ({ project }: JobScene, job_id: number, token: string | null = house.rootToken) =>
    house.api('GET', `${project}/events/stream?job_id=${job_id}`, { headers: ACCEPTS, token });
  const running = (options?: SceneOptions) => jobIn(house, 'running', options);

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
    expect((await low.next())?.event).toBe('environment');
    // The log ends as soon as that is noticed: at once, or when more comes.
    const told = [await high.next(), await high.next()];
    await runner.patch(payload!, '+ more', 14);
    told.push(await high.next());
    expect(told.toSorted((a, b) => a!.event.localeCompare(b!.event))).toMatchObject([
      { event: 'environment' },
      reset('access'),
      { event: 'trace_end', data: { forbidden: true } },
    ]);
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
});
