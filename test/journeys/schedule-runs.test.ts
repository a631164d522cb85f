import { beforeAll, describe, expect, test } from 'vitest';
import { followSchedules, runSchedules } from '../../src/schedules/run-schedule.ts';
import { ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { openRunnerHouse, PATIENT, projectRunner, type RunnerHouse } from '../support/runner-house.ts';
import { HOUR, hourOf, iso, moveIn, moveTo, type Schedule, schedulesOf } from '../support/schedules.ts';

describe.each(databases)('the runs of a schedule, on %s', (database) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(database);
  });
  const hour = (later: number) => hourOf(house, later);

  test('a run makes a pipeline at its time, whose job gets the variables', async () => {
    const { project, ask, schedule, get, pipelines } = await moveIn(
      house,
      'unit:\n  script: "true"\n  rules: [{if: $CI_PIPELINE_SCHEDULE_DESCRIPTION == "Hourly" && $MODE == "full"}]\n',
    );
    const runner = await projectRunner(house, project.id);
    const { id } = await schedule({ description: 'Hourly', cron: '0 * * * *', priority: 7 });
    for (const body of [
      { key: 'MODE', value: 'full' },
      { key: 'LIST', value: 'a\nb', variable_type: 'file' },
    ])
      expect((await ask('POST', `/${id}/variables`, body)).status).toBe(201);
    const due = hour(1);
    expect(await pipelines(id)).toEqual([]);
    await moveTo(house, due);
    await expect.poll(() => pipelines(id), PATIENT).toMatchObject([{ source: 'schedule', ref: 'main' }]);
    const shown = await get(id);
    expect(shown).toMatchObject({
      next_run_at: iso(due + HOUR),
      last_run_error: null,
      last_pipeline: { source: 'schedule' },
    });
    const pipeline = shown.last_pipeline?.id ?? 0;
    expect((await house.api('GET', `${project.at}/pipelines/${pipeline}`)).body).toMatchObject({
      priority: 7,
    });
    await expect
      .poll(async () => (await get(id)).last_pipeline, PATIENT)
      .toMatchObject({ id: pipeline, status: 'pending' });
    const { job } = await runner.request();
    const seen = new Map(job?.variables.map((variable) => [variable.key, variable]));
    expect(seen.get('CI_PIPELINE_SCHEDULE_DESCRIPTION')).toMatchObject({ value: 'Hourly' });
    expect(seen.get('CI_PIPELINE_SOURCE')).toMatchObject({ value: 'schedule' });
    expect(seen.get('MODE')).toMatchObject({ value: 'full', public: false });
    expect(seen.get('LIST')).toMatchObject({ value: 'a\nb', file: true });
  });

  test('the same run done twice makes one pipeline, and a due time has one run', async () => {
    const { project, schedule, pipelines, get } = await moveIn(house);
    const { id, next_run_at } = await schedule({ cron: '0 * * * *' });
    await moveTo(house, next_run_at);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(1);
    const { db, clock, repositories, pipelineSettings } = house.parts;
    const [, look] = followSchedules(db, clock);
    const [, run] = runSchedules(db, { repositories, settings: pipelineSettings }, clock);
    const { signal } = new AbortController();
    await Promise.all([1, 2].map(() => look({ key: String(id), payload: {} }, signal)));
    const work = {
      key: `${id} due ${Date.parse(next_run_at)}`,
      payload: { pipeline_schedule_id: id, user_id: 1 },
    };
    await Promise.all([1, 2].map(() => run(work, signal)));
    expect(await pipelines(id)).toHaveLength(1);
    expect((await get(id)).next_run_at).toBe(iso(Date.parse(next_run_at) + HOUR));
    expect((await house.api<object[]>('GET', `${project.at}/pipelines`)).body).toHaveLength(1);
  });

  test('what was missed while the server was down is one run, and then it goes on from now', async () => {
    let inn = await openRunnerHouse(database);
    const { project, schedule } = await moveIn(inn);
    const { id, next_run_at } = await schedule({ cron: '*/10 * * * *' });
    inn.ahead += 5 * HOUR;
    inn = await inn.restart();
    const again = schedulesOf(inn, project);
    await expect.poll(() => again.pipelines(id), PATIENT).toHaveLength(1);
    const next = Date.parse((await again.get(id)).next_run_at);
    expect(next).toBe(Date.parse(next_run_at) + 5 * HOUR);
    await moveTo(inn, next);
    await expect.poll(() => again.pipelines(id), PATIENT).toHaveLength(2);
    await inn.close();
  });

  test('a clock that is put back neither runs it twice nor stops it', async () => {
    const { schedule, pipelines, get } = await moveIn(house);
    const { id, next_run_at } = await schedule({ cron: '0 * * * *' });
    const due = Date.parse(next_run_at);
    await moveTo(house, due + 1000);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(1);
    await moveTo(house, due - 1000);
    const other = await schedule({ cron: '0 * * * *' });
    await moveTo(house, due + 1000);
    await expect.poll(() => pipelines(other.id), PATIENT).toHaveLength(1);
    expect(await pipelines(id)).toHaveLength(1);
    expect((await get(id)).next_run_at).toBe(iso(due + HOUR));
    await moveTo(house, due + HOUR);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(2);
  });

  test('a clock that was hours wrong is put right, and it is due by the right one', async () => {
    const { schedule, pipelines, get } = await moveIn(house);
    const { id, next_run_at } = await schedule({ cron: '0 * * * *' });
    const due = Date.parse(next_run_at);
    await moveTo(house, due + 30 * HOUR);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(1);
    await moveTo(house, due);
    await expect.poll(async () => (await get(id)).next_run_at, PATIENT).toBe(iso(due + HOUR));
    await moveTo(house, due + HOUR);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(2);
  });

  test('an edit moves the next run, and an inactive one has none', async () => {
    const { schedule, pipelines, ask, get } = await moveIn(house);
    const [one, two, three] = [await schedule(), await schedule(), await schedule({ cron: '0 * * * *' })];
    await ask('PUT', `/${one.id}`, { cron: '0 * * * *' });
    await ask('PUT', `/${two.id}`, { cron: '0 * * * *', active: false });
    await ask('DELETE', `/${three.id}`);
    await moveTo(house, hour(1));
    await expect.poll(() => pipelines(one.id), PATIENT).toHaveLength(1);
    expect(await pipelines(two.id)).toEqual([]);
    const { body } = await ask<Schedule>('PUT', `/${two.id}`, { active: true });
    expect(body).toMatchObject({ active: true, next_run_at: iso(hour(1)) });
    await moveTo(house, hour(1));
    await expect.poll(() => pipelines(two.id), PATIENT).toHaveLength(1);
    expect((await get(two.id)).next_run_at).toBe(iso(hour(1)));
  });

  test('says why a run has made no pipeline, and stays active', async () => {
    const { project, schedule, ask, get, pipelines } = await moveIn(house, 'unit:\n  scrip: "true"\n');
    const bad = await schedule({ cron: '0 * * * *' });
    const lost = await schedule({ cron: '0 * * * *', ref: 'gone' });
    await moveTo(house, hour(1));
    const errorOf = async (id: number) => (await get(id)).last_run_error;
    await expect.poll(() => errorOf(bad.id), PATIENT).toMatch(/unit/);
    await expect.poll(() => errorOf(lost.id), PATIENT).toBe('Reference not found');
    expect(await get(lost.id)).toMatchObject({ active: true, next_run_at: iso(hour(1)) });
    await project.commit(ONE_JOB);
    await ask('PUT', `/${lost.id}`, { ref: 'main' });
    await moveTo(house, hour(1));
    await expect.poll(() => pipelines(lost.id), PATIENT).toHaveLength(1);
    await expect.poll(() => errorOf(lost.id), PATIENT).toBeNull();

    await house.api('POST', `${project.at}/archive`);
    await moveTo(house, hour(1));
    await expect.poll(() => errorOf(lost.id), PATIENT).toBe('The project is archived');
    expect(await pipelines(lost.id)).toHaveLength(1);
  });

  test('runs with the rights that its owner has by then; without an owner it is deactivated', async () => {
    const { project, schedule, get, member, pipelines } = await moveIn(house);
    await project.commit(ONE_JOB, 'feature');
    const [less, blocked, gone] = [await member(30), await member(30), await member(30)];
    const given = { cron: '0 * * * *', ref: 'feature' };
    const ofLess = await schedule(given, less.token);
    const ofBlocked = await schedule(given, blocked.token);
    const ofGone = await schedule(given, gone.token);
    const put = { body: { access_level: 20 } };
    await house.api('PUT', `${project.at}/members/${less.id}`, put);
    await house.api('POST', `/users/${blocked.id}/block`);
    expect((await house.api('DELETE', `/users/${gone.id}`)).status).toBe(204);
    await moveTo(house, hour(1));
    await expect
      .poll(() => get(ofLess.id), PATIENT)
      .toMatchObject({
        active: true,
        last_run_error: expect.stringMatching(/sufficient permission .* 'feature'/),
      });
    for (const { id } of [ofBlocked, ofGone])
      await expect
        .poll(() => get(id), PATIENT)
        .toMatchObject({ active: false, last_run_error: expect.stringMatching(/owner .* deactivated/) });
    expect((await get(ofGone.id)).owner).toBeNull();
    for (const { id } of [ofLess, ofBlocked, ofGone]) expect(await pipelines(id)).toEqual([]);
  });
});
