import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { falseClock, libfaketime } from '../support/false-clock.ts';
import { commit, workTree } from '../support/git-project.ts';
import { git, remoteOf } from '../support/git.ts';
import { type NpmStart, npmStart } from '../support/npm-start.ts';
import { jobsOf, planned } from '../support/pipelines.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { FEATURES, type JobPayload, SimulatedRunner } from '../support/simulated-runner.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Seconds: an hour, and so much more that whatever may last an hour has lasted longer. */
const JUMP = 3600 + 120;
const OLD_FEATURES = { ...FEATURES, two_phase_job_commit: false };
const PATIENT = { timeout: 50_000, interval: 200 };
/** Most of it is waiting for a server that looks at its clock every ten seconds. */
const LONG = { timeout: 180_000 };

interface Times {
  duration: number | null;
  queued_duration: number | null;
}

interface Job extends Times {
  id: number;
  name: string;
  status: string;
}

/** Waits until the server has looked for silent jobs, at the time that its clock shows now. */
async function looked({ parts }: RunnerHouse): Promise<void> {
  const now = parts.clock();
  const next = async () => {
    const rows = parts.db.read.selectFrom('work').select('due_at').where('kind', '=', 'fail_silent_jobs');
    return (await rows.executeTakeFirstOrThrow()).due_at;
  };
  await expect.poll(next, PATIENT).toBeGreaterThan(now);
}

/** A job that runs, one given to a runner that has yet to say so, one for which there is no runner, one never heard of. */
async function openScene(house: RunnerHouse) {
  const { start, addRunner, project } = await moveIn(house);
  const old = await moveIn(house, {}, OLD_FEATURES);
  const id = await start(
    planned('begun', { timeout: 600 }),
    planned('given'),
    planned('waits', { tag_list: ['mars'] }),
  );
  const unheard = await old.start(planned('unheard'));
  const runner = await addRunner();
  const begun = (await runner.request()).job!;
  await runner.running(begun);
  const given = (await runner.request()).job!;
  const silent = (await old.runner.request()).job!;
  const statuses = async () =>
    Object.values({
      ...(await jobsOf(house.parts.db, id)),
      ...(await jobsOf(house.parts.db, unheard)),
    }).map(({ name, status }) => `${name} ${status}`);
  return { runner, begun, given, silent, statuses, project };
}
const ALL_AS_BEFORE = ['begun running', 'given pending', 'waits pending', 'unheard running'];

describe.each(databases)('on %s', LONG, (kind) => {
  test('nobody is late by as much as the clock jumps, and then as late as ever', async () => {
    const house = await openRunnerHouse(kind);
    house.ahead += 50 * MINUTE;
    const { runner, begun, given, silent, statuses } = await openScene(house);
    house.jumped += 3 * HOUR;
    await looked(house);
    expect(await statuses()).toEqual(ALL_AS_BEFORE);
    expect(await runner.running(given)).toMatchObject({ status: 200 });
    expect(await runner.patch(silent, 'here')).toMatchObject({ status: 202 });
    expect(await runner.patch(begun, 'here too')).toMatchObject({ status: 202 });
    house.ahead += HOUR + MINUTE;
    await looked(house);
    await expect.poll(statuses).toEqual(['begun failed', 'given failed', 'waits failed', 'unheard failed']);
    await house.close();
  });

  test('a job that comes after hours without a call waits for its runner as long as any other', async () => {
    const house = await openRunnerHouse(kind);
    const { runner, start } = await moveIn(house);
    house.ahead += 3 * HOUR;
    await start(planned('build'));
    await looked(house);
    expect((await runner.request()).job?.job_info.name).toBe('build');
    await house.close();
  });

  test('a server that was down for hours hears its runners before it gives them up', async () => {
    const before = await openRunnerHouse(kind);
    const { begun, given, silent, project } = await openScene(before);
    before.ahead += 3 * HOUR;
    const house = await before.restart();
    await looked(house);
    const at = `/projects/${project.id}/jobs`;
    const statuses = async () =>
      (await house.api<Job[]>('GET', `${at}?sort=asc`)).body.map(({ name, status }) => `${name} ${status}`);
    expect((await statuses()).toSorted()).toEqual(ALL_AS_BEFORE.slice(0, 3));
    const runner = new SimulatedRunner(house.url, '');
    expect(await runner.running(given)).toMatchObject({ status: 200 });
    expect(await runner.patch(silent, 'here')).toMatchObject({ status: 202 });
    expect(await runner.finish(begun, 'success')).toMatchObject({ status: 200 });
    runner.close();
    house.ahead += HOUR + MINUTE;
    await looked(house);
    await expect
      .poll(async () => (await statuses()).toSorted())
      .toEqual(['begun success', 'given failed', 'waits failed']);
    await house.close();
  });
});

/** Not of the pipelines of the schedule, whose jobs would come in between. */
const rules = [{ if: '$CI_PIPELINE_SOURCE != "schedule"' }];
const delayed = [{ ...rules[0], when: 'delayed', start_in: '10 seconds' }];
const CONFIGURATION = {
  begun: { script: 'true', rules, timeout: '10m', artifacts: { paths: ['out'], expire_in: '2 hours' } },
  given: { script: 'true', rules },
  unheard: { script: 'true', rules, tags: ['old'] },
  waits: { script: 'true', tags: ['mars'] },
  delayed: { script: 'true', rules: delayed, tags: ['mars'] },
};

describe.each(databases)('the real server on %s', LONG, (kind) => {
  test('keeps what it has and goes on as its clock is set forward and back by an hour', async ({ skip }) => {
    const library = libfaketime() ?? skip('no libfaketime (Debian: faketime)');
    const clock = falseClock(library);
    const database = kind === 'postgres' ? ['--database-url', await createTestDatabase()] : [];
    const flags = ['--runner', 'off', '--log-level', 'error', '--limit', 'job_acknowledge=15s', ...database];
    const server = await npmStart({ flags, env: clock.env });
    const { api } = server;
    const { at, pipeline, runner, old } = await openProject(server);

    /** A job under way, one given to a runner, one to an old runner, one that waits, one that is delayed. */
    const begin = async (id: number) => {
      const begun = await take(runner);
      await runner.running(begun);
      await runner.patch(begun, 'one\n');
      const given = await take(runner);
      return { id, begun, given, unheard: await take(old) };
    };
    const statuses = async (id: number) => {
      const { body } = await api<Job[]>('GET', `${at}/pipelines/${id}/jobs`);
      return Object.fromEntries(body.map(({ name, status }) => [name, status]));
    };
    const finish = async ({ begun, given, unheard }: Awaited<ReturnType<typeof begin>>) => {
      expect(await runner.patch(begun, 'two\n', 4)).toMatchObject({ status: 202 });
      expect(await runner.artifact(begun, Buffer.from('archive'))).toMatchObject({ status: 201 });
      expect(await runner.finish(begun, 'success', 'one\ntwo\n')).toMatchObject({ status: 200 });
      expect(await runner.finish(given, 'success')).toMatchObject({ status: 200 });
      expect(await old.finish(unheard, 'success')).toMatchObject({ status: 200 });
    };
    const delayIsOver = async (id: number) => {
      await expect.poll(async () => (await statuses(id))['delayed'], PATIENT).toBe('pending');
    };
    const scheduled = async () =>
      (await api<unknown[]>('GET', `${at}/pipelines?source=schedule`)).body.length;
    const schedule = await api<{ next_run_at: string }>('POST', `${at}/pipeline_schedules`, {
      body: { description: 'Hourly', ref: 'main', cron: `${(new Date().getUTCMinutes() + 30) % 60} * * * *` },
    });
    expect(schedule.status).toBe(201);

    // Forward.
    const first = await begin(pipeline);
    clock.set(JUMP);
    expect(await runner.running(first.given)).toMatchObject({ status: 200 });
    expect(await old.patch(first.unheard, '')).toMatchObject({ status: 202 });
    await expect.poll(scheduled, PATIENT).toBe(1);
    await delayIsOver(first.id);
    expect(await statuses(first.id)).toMatchObject({ begun: 'running', waits: 'pending' });
    await finish(first);

    // Back.
    const again = await api<{ id: number }>('POST', `${at}/pipeline`, { body: { ref: 'main' } });
    const second = await begin(again.body.id);
    await api('PUT', at, { body: { description: 'kept' } });
    clock.set(0);
    expect(await old.patch(second.unheard, '')).toMatchObject({ status: 202 });
    await delayIsOver(second.id);
    // Whoever was given the job has not acknowledged it: another runner has it, not an hour later.
    const retaken = await take(runner);
    expect(retaken.id).toBe(second.given.id);
    await runner.running(retaken);
    await finish({ ...second, given: retaken });

    // Forward once more: the schedule had its run of that hour.
    clock.set(JUMP);
    const third = await api<{ id: number }>('POST', `${at}/pipeline`, { body: { ref: 'main' } });
    await delayIsOver(third.body.id);
    expect(await scheduled()).toBe(1);

    const kept = { begun: 'success', given: 'success', unheard: 'success', waits: 'pending' };
    for (const { id, begun } of [first, second]) {
      expect(await statuses(id)).toMatchObject(kept);
      expect(await api('GET', `${at}/jobs/${begun.id}/trace`)).toMatchObject({ body: 'one\ntwo\n' });
      expect(await api('GET', `${at}/jobs/${begun.id}/artifacts`)).toMatchObject({ status: 200 });
      const { body: jobs } = await api<Job[]>('GET', `${at}/pipelines/${id}/jobs`);
      const pipelineThat = await api<Times>('GET', `${at}/pipelines/${id}`);
      for (const { duration, queued_duration } of [...jobs, pipelineThat.body])
        expect(Math.min(duration ?? 0, queued_duration ?? 0)).toBeGreaterThanOrEqual(0);
    }
    expect((await api<{ description: string }>('GET', at)).body.description).toBe('kept');
    expect(await server.stop()).toBe(0);
    for (const each of [runner, old]) each.close();
  });
});

async function take(runner: SimulatedRunner): Promise<JobPayload> {
  const { job } = await runner.request();
  if (!job) throw new Error('there is no job');
  return job;
}

async function openProject({ api, url, rootToken }: NpmStart) {
  const made = await api<{ id: number }>('POST', '/projects', { body: { name: 'clocks' } });
  const at = `/projects/${made.body.id}`;
  const tree = await workTree(remoteOf(url, 'root/clocks', rootToken));
  await commit(tree, { '.gitlab-ci.yml': JSON.stringify(CONFIGURATION) });
  await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  const addRunner = async (fields: object, features: Record<string, boolean>, system_id: string) => {
    const { body } = await api<{ token: string }>('POST', '/user/runners', {
      body: { runner_type: 'project_type', project_id: made.body.id, ...fields },
    });
    return new SimulatedRunner(url, body.token, { features, system_id });
  };
  const [pipeline] = (await api<{ id: number }[]>('GET', `${at}/pipelines`)).body;
  return {
    at,
    pipeline: pipeline!.id,
    runner: await addRunner({}, FEATURES, 'r_new'),
    old: await addRunner({ tag_list: 'old', run_untagged: false }, OLD_FEATURES, 'r_old'),
  };
}
