import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { bridgeScene, bridgeViews, type PipelineBody, run } from '../support/bridges.ts';
import { type CiProject, ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { personWith, protectBranch } from '../support/job-scenes.ts';
import { bridge, planned } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const CHILD = { include: [{ local: 'child.yml' }] };

describe.each(databases)('downstream pipelines, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let root: number;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { pipeline_hierarchy_size: 20 });
    ({ api } = house);
    root = (await api<{ id: number }>('GET', '/user')).body.id;
  });

  const { statusOf, bridgeThat } = bridgeViews(() => api);
  const scene = (child?: string, ...others: CiProject[]) => bridgeScene(house, child, ...others);
  const failure = async (project: CiProject, id: number) =>
    (await bridgeThat(project, id, 'failed')).failure_reason;

  test('a bridge creates a child of the same commit, and succeeds at once', async () => {
    const { project, sha, start } = await scene();
    const id = await start(bridge('child', CHILD));
    const made = await bridgeThat(project, id, 'success');
    expect(made.downstream_pipeline).toMatchObject({
      project_id: project.id,
      ref: 'main',
      sha,
      source: 'parent_pipeline',
    });
    expect(made).toMatchObject({
      name: 'child',
      user: { username: 'root' },
      project: { ci_job_token_scope_enabled: expect.any(Boolean) as boolean },
    });
    for (const key of ['runner', 'artifacts', 'artifacts_file', 'tag_list'])
      expect(made).not.toHaveProperty(key);
    expect(await statusOf(project, id)).toBe('success');
    const { body: jobs } = await api<{ name: string }[]>(
      'GET',
      `${project.at}/pipelines/${made.downstream_pipeline!.id}/jobs`,
    );
    expect(jobs.map(({ name }) => name)).toEqual(['unit']);
  });

  test('a child pipeline is listed only when it is asked for, and is not the latest of its ref', async () => {
    const { project, start } = await scene();
    const id = await start(bridge('child', CHILD));
    const { downstream_pipeline: child } = await bridgeThat(project, id, 'success');
    const list = async (query = '') =>
      (await api<PipelineBody[]>('GET', `${project.at}/pipelines${query}`)).body.map((each) => each.id);
    expect(await list()).toEqual([id]);
    expect(await list('?source=parent_pipeline')).toEqual([child!.id]);
    expect((await api<PipelineBody>('GET', `${project.at}/pipelines/latest`)).body.id).toBe(id);
    expect((await api('GET', `${project.at}/pipelines/${child!.id}`)).status).toBe(200);
  });

  test('with depend the bridge waits, and ends as its pipeline does', async () => {
    for (const state of ['success', 'failed'] as const) {
      const { project, runner, start } = await scene();
      const id = await start(
        bridge('child', { ...CHILD, strategy: 'depend' }),
        planned('after', { stage_idx: 2 }),
      );
      await bridgeThat(project, id, 'running');
      expect(await statusOf(project, id)).toBe('running');
      await run(runner, 'unit', state);
      await bridgeThat(project, id, state);
      if (state === 'success') await run(runner, 'after', 'success');
      await expect.poll(() => statusOf(project, id)).toBe(state);
      runner.close();
    }
  });

  test('a failure that the bridge allows lets its pipeline go on', async () => {
    const { project, runner, start } = await scene();
    const id = await start(bridge('child', { ...CHILD, strategy: 'depend' }, { allow_failure: true }));
    await bridgeThat(project, id, 'running');
    await run(runner, 'unit', 'failed');
    await bridgeThat(project, id, 'failed');
    expect(await statusOf(project, id)).toBe('success');
    runner.close();
  });

  test('mirror tells that the pipeline waits for a person, depend does not', async () => {
    const { project, start } = await scene('ask:\n  script: echo\n  when: manual\n  allow_failure: false\n');
    const mirrored = await start(bridge('child', { ...CHILD, strategy: 'mirror' }));
    const made = await bridgeThat(project, mirrored, 'manual');
    const waiting = await start(bridge('child', { ...CHILD, strategy: 'depend' }));
    await bridgeThat(project, waiting, 'running');
    const { body: jobs } = await api<{ id: number }[]>(
      'GET',
      `${project.at}/pipelines/${made.downstream_pipeline!.id}/jobs`,
    );
    expect((await api('POST', `${project.at}/jobs/${jobs[0]!.id}/play`)).status).toBe(200);
    await bridgeThat(project, mirrored, 'running');
  });

  test('a bridge of another project runs its default branch, or the one that is named', async () => {
    const other = await ciProject(house);
    const main = await other.commit(ONE_JOB);
    const side = await other.commit(ONE_JOB, 'side');
    const { project, start } = await scene();
    for (const [branch, sha] of [
      [null, main],
      ['side', side],
      ['$WHERE', side],
    ] as const) {
      const variables = [
        { key: 'WHERE', value: 'side', public: true, file: false, masked: false, raw: false },
      ];
      const id = await start(bridge('deploy', { project: other.path, branch }, { variables }));
      const { downstream_pipeline } = await bridgeThat(project, id, 'success');
      expect(downstream_pipeline).toMatchObject({ project_id: other.id, source: 'pipeline', sha });
      expect(downstream_pipeline).toHaveProperty(
        'web_url',
        `${house.url}/${other.path}/-/pipelines/${downstream_pipeline!.id}`,
      );
    }
  });

  test('the variables of the bridge go downstream, those of its pipeline only when it says so', async () => {
    const { project, start } = await scene();
    const flags = { public: true, file: false, masked: false };
    const variables = [
      { key: 'FROM', value: '$CI_PIPELINE_ID of $CI_PROJECT_PATH$NOWHERE', raw: false, ...flags },
      { key: 'AS_IT_IS', value: '$FROM', raw: true, ...flags },
    ];
    const forwards = [
      [{ yaml_variables: true, pipeline_variables: false }, ['FROM', 'AS_IT_IS']],
      [{ yaml_variables: false, pipeline_variables: false }, []],
    ] as const;
    for (const [forward, keys] of forwards) {
      const id = await start(bridge('child', { ...CHILD, forward }, { variables }));
      const { downstream_pipeline: child } = await bridgeThat(project, id, 'success');
      const given = (
        await api<{ key: string; value: string }[]>('GET', `${project.at}/pipelines/${child!.id}/variables`)
      ).body;
      expect(given.map(({ key }) => key)).toEqual(keys);
      const values = [`${id} of ${project.path}`, '$FROM'].slice(0, keys.length);
      expect(given.map(({ value }) => value)).toEqual(values);
    }
  });

  describe('a bridge fails', () => {
    test('when there is no such project, and when it is its own', async () => {
      const { project, start } = await scene();
      expect(await failure(project, await start(bridge('a', { project: 'no/such' })))).toBe(
        'downstream_bridge_project_not_found',
      );
      expect(await failure(project, await start(bridge('a', { project: project.path })))).toBe(
        'invalid_bridge_trigger',
      );
    });

    test('when its user may not run pipelines there: not a member, below developer, a protected branch', async () => {
      const { project, sha } = await scene();
      const other = await ciProject(house);
      await other.commit(ONE_JOB);
      const developer = await personWith(api, 'developer', project.id);
      const start = (user_id: number) =>
        house.start({ id: project.id, user_id }, [bridge('a', { project: other.path })], {
          sha,
          ref: 'free',
        });
      expect(await failure(project, await start(developer.id))).toBe('downstream_bridge_project_not_found');
      const body = { user_id: developer.id, access_level: 20 };
      await api('POST', `${other.at}/members`, { body });
      expect(await failure(project, await start(developer.id))).toBe('insufficient_bridge_permissions');
      await api('PUT', `${other.at}/members/${developer.id}`, { body: { access_level: 30 } });
      await api('DELETE', `${other.at}/protected_branches/main`);
      await bridgeThat(project, await start(developer.id), 'success');
      await protectBranch(house, other.id);
      expect(await failure(project, await start(developer.id))).toBe('insufficient_bridge_permissions');
    });

    test('when the pipeline cannot be made: no ref, no file, mistakes in it, which the pipeline tells', async () => {
      const empty = await ciProject(house);
      const { project, start } = await scene('unit:\n  script: 1: 2\n');
      const reason = 'downstream_pipeline_creation_failed';
      expect(await failure(project, await start(bridge('a', { project: empty.path, branch: 'none' })))).toBe(
        reason,
      );
      const unset = await bridgeThat(project, await start(bridge('a', { project: empty.path })), 'failed');
      expect(unset.failure_reason).toBe(reason);
      expect(unset.failure_message).toBe('Missing CI config file');
      const broken = await start(bridge('a', { ...CHILD, strategy: 'depend' }));
      const { failure_reason, downstream_pipeline: child } = await bridgeThat(project, broken, 'failed');
      expect(failure_reason).toBe(reason);
      expect((await api('GET', `${project.at}/pipelines/${child!.id}`)).body).toMatchObject({
        status: 'failed',
        yaml_errors: expect.stringContaining('child.yml') as string,
      });
      const missing = await start(bridge('a', { include: [{ local: 'no.yml' }] }));
      const made = await bridgeThat(project, missing, 'failed');
      expect(
        (await api('GET', `${project.at}/pipelines/${made.downstream_pipeline!.id}`)).body,
      ).toMatchObject({
        yaml_errors: 'Local file `no.yml` does not exist!',
      });
      expect(made.failure_message).toBe('Local file `no.yml` does not exist!');
    });
  });

  test('children nest two deep, and a tree has a size', async () => {
    const { project, sha } = await scene();
    let top: number | null = null;
    const below = (parent: number | null) =>
      house.start({ id: project.id, user_id: root }, [bridge('child', CHILD)], {
        sha,
        ref: 'main',
        ...(parent !== null && {
          source: 'parent_pipeline',
          upstream_pipeline_id: parent,
          root_pipeline_id: top,
        }),
      });
    top = await below(null);
    const first = await below(top);
    await bridgeThat(project, first, 'success');
    const second = await below(first);
    expect((await bridgeThat(project, second, 'failed')).failure_reason).toBe(
      'reached_max_descendant_pipelines_depth',
    );
    for (let more = 0; more < 20; more++) await below(top);
    const beyond = await below(top);
    expect((await bridgeThat(project, beyond, 'failed')).failure_reason).toBe(
      'reached_max_pipeline_hierarchy_size',
    );
  });
});

describe.each(databases)('a server with a defect, on %s', (kind) => {
  test('that cannot create a pipeline for a reason nobody foresaw fails the bridge, which says so', async () => {
    const broken = await openRunnerHouse(kind, {}, { log_level: 'silent' });
    const { db } = broken.parts;
    const { bridgeThat, statusOf } = bridgeViews(() => broken.api);
    const rename = (from: string, to: string) =>
      db.write((tx) => tx.schema.alterTable(from).renameTo(to).execute());
    const { project, start } = await bridgeScene(broken);
    await rename('pipeline_variables', 'elsewhere');
    const id = await start(bridge('child', CHILD), planned('after', { stage_idx: 2 }));
    await bridgeThat(project, id, 'pending');
    await expect.poll(() => statusOf(project, id), { timeout: 40_000 }).toBe('failed');
    expect(await bridgeThat(project, id, 'failed')).toMatchObject({
      failure_reason: 'downstream_pipeline_creation_failed',
      failure_message: 'An error of the server, which its log tells',
      downstream_pipeline: null,
    });
    await rename('elsewhere', 'pipeline_variables');
    const { id: failed } = await bridgeThat(project, id, 'failed');
    expect((await broken.api('POST', `${project.at}/jobs/${failed}/retry`)).status).toBe(201);
    await bridgeThat(project, id, 'success');
    await broken.close();
  });
});
