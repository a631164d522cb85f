import { beforeAll, describe, expect, test } from 'vitest';
import { insertRows } from '../../src/db/insert-rows.ts';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { NO_RECORD, personWith, refusal } from '../support/job-scenes.ts';
import { createProject, createTestRunner, jobsOf, planned } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

interface QueueBody {
  job_id: number;
  status: string;
  waits_for: string | null;
  priority: number;
  position: number | null;
  runners: { id: number; running_jobs: number }[];
  other_runners: { id: number; reasons: { reason: string; message: string }[] }[];
}

describe.each(databases)('why a job is pending, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let project: Awaited<ReturnType<typeof createProject>>;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    project = await createProject(house.parts.db);
  });

  const runner = async (over: Parameters<typeof createTestRunner>[1]) =>
    (
      await createTestRunner(house.parts.db, {
        contacted_at: house.parts.clock(),
        ...over,
      })
    ).runner.id;
  const pending = async (jobs: ReturnType<typeof planned>[], of = project) =>
    jobsOf(house.parts.db, await house.start(of, jobs));
  const group = async (path: string, parent_id?: number) =>
    (await api<{ id: number }>('POST', '/groups', { body: { name: path, path, parent_id } })).body.id;
  const queue = async (id: number, of = project, request = {}) => {
    const { status, body } = await api<QueueBody>('GET', `/projects/${of.id}/jobs/${id}/queue`, request);
    expect(status).toBe(200);
    return body;
  };

  test('the runners that can take it, and of every other one what keeps it', async () => {
    const { a } = await pending([planned('a', { tag_list: ['linux', 'gpu'] })]);
    const old = house.parts.clock() - 3 * 3_600_000;
    const fits = await runner({ tag_list: ['linux', 'gpu', 'more'] });
    const paused = await runner({ tag_list: ['linux', 'gpu'], active: 0 });
    const lacking = await runner({ tag_list: ['linux'] });
    const away = await runner({ tag_list: ['linux', 'gpu'], contacted_at: old });
    const guarded = await runner({ tag_list: ['linux', 'gpu'], access_level: 'ref_protected' });
    const foreign = await runner({
      tag_list: ['linux', 'gpu'],
      runner_type: 'project_type',
      projects: [(await createProject(house.parts.db)).id],
    });
    const body = await queue(a!.id);
    expect(body).toMatchObject({ status: 'pending', waits_for: null, position: 1, priority: 0 });
    expect(body.runners.map(({ id }) => id)).toEqual([fits]);
    const reasons = new Map(body.other_runners.map((each) => [each.id, each.reasons]));
    const reasonsOf = (id: number) => reasons.get(id)?.map(({ reason }) => reason);
    expect(reasonsOf(paused)).toEqual(['paused']);
    expect(reasons.get(lacking)).toEqual([{ reason: 'missing_tags', message: 'it has not the tags: gpu' }]);
    expect(reasonsOf(away)).toEqual(['offline']);
    expect(reasonsOf(guarded)).toEqual(['ref_not_protected']);
    expect(reasonsOf(foreign)).toEqual(['not_assigned']);
  });

  test('runners of other projects are nobody’s business but the administrators’', async () => {
    const { a } = await pending([planned('a', { tag_list: ['secret'] })]);
    const foreign = await runner({
      runner_type: 'project_type',
      projects: [(await createProject(house.parts.db)).id],
    });
    const developer = await personWith(api, 'developer', project.id);
    const seen = await queue(a!.id, project, { token: developer.token });
    expect(seen.other_runners.map(({ id }) => id)).not.toContain(foreign);
    expect((await queue(a!.id)).other_runners.map(({ id }) => id)).toContain(foreign);
  });

  test('however many runners others have that are newer', async () => {
    const own = await runner({ runner_type: 'project_type', projects: [project.id], tag_list: ['own'] });
    const { runner: row } = await createTestRunner(house.parts.db, { runner_type: 'project_type' });
    const { id: _id, ...columns } = row;
    const others = Array.from({ length: 1000 }, (_, at) => ({ ...columns, token_digest: `other ${at}` }));
    await house.parts.db.write((tx) => insertRows(tx, 'runners', others, ['id']));
    const { a } = await pending([planned('a', { tag_list: ['own'] })]);
    const developer = await personWith(api, 'developer', project.id);
    for (const token of [house.rootToken, developer.token]) {
      const { runners } = await queue(a!.id, project, { token });
      expect(runners.map(({ id }) => id)).toEqual([own]);
    }
    await house.parts.db.write((tx) =>
      tx.deleteFrom('runners').where('token_digest', 'like', 'other %').execute(),
    );
  });

  test('the place counts the jobs of all projects that its runners work for, and of no others', async () => {
    const tag_list = ['turns'];
    const placed = async (namespace_id: number) => {
      const of = await createProject(house.parts.db, { shared_runners_enabled: 0 });
      await house.parts.db.write((tx) =>
        tx.updateTable('projects').set({ namespace_id }).where('id', '=', of.id).execute(),
      );
      return of;
    };
    const top = await group('top');
    const one = await placed(await group('one', top));
    const other = await placed(await group('other', top));
    const stranger = await placed(await group('stranger'));
    const three = ['a', 'b', 'c'].map((name) => planned(name, { tag_list }));
    for (const of of [stranger, one]) await pending(three, of);
    const { last } = await pending([planned('last', { tag_list })], other);
    const shared = await runner({ runner_type: 'project_type', projects: [one.id, other.id], tag_list });
    expect(await queue(last!.id, other)).toMatchObject({ runners: [{ id: shared }], position: 2 });
    await house.parts.db.write((tx) => tx.deleteFrom('runners').where('id', '=', shared).execute());
    const grouped = await runner({ runner_type: 'group_type', namespaces: [top], tag_list });
    expect(await queue(last!.id, other)).toMatchObject({ runners: [{ id: grouped }], position: 2 });
  });

  test('who is no reporter of a public project learns nothing of the runners', async () => {
    const open = await createProject(house.parts.db);
    await api('PUT', `/projects/${open.id}`, { body: { visibility: 'public' } });
    const { a } = await pending([planned('a')], open);
    const as = async (role: 'outsider' | 'guest' | 'reporter') => {
      const { token } = await personWith(api, role, open.id);
      return api('GET', `/projects/${open.id}/jobs/${a!.id}/queue`, { token });
    };
    expect(refusal(await as('outsider'))).toEqual([403, { message: '403 Forbidden' }]);
    expect(refusal(await as('guest'))).toEqual([403, { message: '403 Forbidden' }]);
    expect((await as('reporter')).status).toBe(200);
  });

  test('its place counts the turns of other projects, and priorities', async () => {
    const tag = { tag_list: ['place'] };
    const names = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => planned(`${name}${index + 1}`, tag));
    const [other, own] = [await createProject(house.parts.db), await createProject(house.parts.db)];
    const flood = await pending(names('f', 20), other);
    const mine = await pending(names('m', 3), own);
    expect((await queue(flood['f1']!.id, other)).position).toBe(1);
    expect((await queue(mine['m1']!.id, own)).position).toBe(2);
    expect((await queue(mine['m3']!.id, own)).position).toBe(6);
    expect((await queue(flood['f20']!.id, other)).position).toBe(23);

    const raised = await api<{ priority: number }>(
      'PUT',
      `/projects/${own.id}/pipelines/${mine['m1']!.pipeline_id}/priority`,
      { body: { priority: 7 } },
    );
    expect(raised.body.priority).toBe(7);
    expect(await queue(mine['m3']!.id, own)).toMatchObject({ position: 3, priority: 7 });
    expect((await queue(flood['f1']!.id, other)).position).toBe(4);
  });

  test('a job that no runner can have yet says what it waits for', async () => {
    const { later, asked } = await pending([
      planned('first'),
      planned('asked', { when: 'manual' }),
      planned('later', { stage_idx: 2 }),
    ]);
    expect(await queue(later!.id)).toMatchObject({
      status: 'created',
      waits_for: 'jobs of earlier stages, or those it needs',
      position: null,
    });
    expect(await queue(asked!.id)).toMatchObject({ waits_for: 'somebody who plays it', position: null });
    expect(refusal(await api('GET', `/projects/${project.id}/jobs/999999/queue`))).toEqual(NO_RECORD);
  });

  test('maintainers give any priority, developers no more than the project’s', async () => {
    const { a } = await pending([planned('a')]);
    const set = async (role: 'maintainer' | 'developer' | 'reporter', priority: unknown) => {
      const { token } = await personWith(api, role, project.id);
      return api<{ priority: number }>(
        'PUT',
        `/projects/${project.id}/pipelines/${a!.pipeline_id}/priority`,
        { token, body: { priority } },
      );
    };
    expect((await set('maintainer', 50)).body.priority).toBe(50);
    expect((await set('developer', 50)).body.priority).toBe(0);
    expect((await set('developer', -5)).body.priority).toBe(-5);
    expect(refusal(await set('reporter', 0))).toEqual([403, { message: '403 Forbidden' }]);
    expect(refusal(await set('maintainer', 'high'))).toEqual([400, { error: 'priority is invalid' }]);
    expect(refusal(await set('maintainer', 101))[0]).toBe(400);
  });

  test('a developer gives no priority to pipelines of a ref that is protected from them', async () => {
    const own = await createProject(house.parts.db);
    const { a } = await pending([planned('a')], own);
    const protect = { name: a!.ref, push_access_level: 40, merge_access_level: 40 };
    await api('POST', `/projects/${own.id}/protected_branches`, { body: protect });
    const set = async (role: 'maintainer' | 'developer') => {
      const { token } = await personWith(api, role, own.id);
      const path = `/projects/${own.id}/pipelines/${a!.pipeline_id}/priority`;
      return api('PUT', path, { token, body: { priority: -5 } });
    };
    expect(refusal(await set('developer'))).toEqual([403, { message: '403 Forbidden' }]);
    expect((await set('maintainer')).status).toBe(200);
  });

  test('a pipeline has the priority of its project unless it was given another', async () => {
    const own = await createProject(house.parts.db);
    const put = await api<{ priority: number }>('PUT', `/projects/${own.id}`, { body: { priority: 3 } });
    expect(put.body.priority).toBe(3);
    const { a } = await pending([planned('a')], own);
    expect((await queue(a!.id, own)).priority).toBe(3);
  });
});
