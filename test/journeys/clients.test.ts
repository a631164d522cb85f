import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Gitlab } from '@gitbeaker/rest';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

/** A Python that has python-gitlab: `python3`, or the one that JOBYARD_TEST_PYTHON names. */
const python = process.env['JOBYARD_TEST_PYTHON'] ?? 'python3';
const hasPythonGitlab = spawnSync(python, ['-c', 'import gitlab']).status === 0;

const clientOf = ({ url, rootToken }: RunnerHouse) => new Gitlab({ host: url, token: rootToken });
const idsOf = (jobs: { id: number }[]) => jobs.map(({ id }) => id);

describe.each(databases)('clients that know nothing of us, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let archive: Buffer;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    archive = await zipOf({ 'dir/a b.txt': 'spaced' });
  });

  /** Jobs on a branch with a slash: one that succeeded with a log and an archive, one that failed, one manual. */
  async function three() {
    const { project, runner } = await moveIn(house);
    const begin = (...jobs: ReturnType<typeof planned>[]) => house.start(project, jobs, { ref: 'feature/x' });
    const end = async (state: 'success' | 'failed') => {
      const { job } = await runner.request();
      await runner.running(job!);
      await runner.patch(job!, 'log\n');
      await runner.artifact(job!, archive, { expire_in: '1 day' });
      await runner.finish(job!, state, 'log\n');
      return job!.id;
    };
    const pipeline = await begin(planned('job'));
    const done = await end('success');
    await house.parts.db.write((tx) =>
      tx.updateTable('jobs').set({ coverage: 82.5 }).where('id', '=', done).execute(),
    );
    await begin(planned('job'));
    const failed = await end('failed');
    await begin(planned('by hand', { when: 'manual' }));
    const { body } = await api<{ path_with_namespace: string }>('GET', `/projects/${project.id}`);
    const { body: jobs } = await api<{ id: number }[]>('GET', `/projects/${project.id}/jobs?scope=manual`);
    return { path: body.path_with_namespace, runner, ids: { pipeline, done, failed, manual: jobs[0]!.id } };
  }

  describe('gitbeaker', () => {
    test('reads lists of jobs, page by page, by number and by id', async () => {
      const { path, ids } = await three();
      const all = [ids.manual, ids.failed, ids.done];
      const { Jobs } = clientOf(house);
      expect(idsOf(await Jobs.all(path, { perPage: 1 }))).toEqual(all);
      expect(idsOf(await Jobs.all(path, { perPage: 1, pagination: 'keyset' }))).toEqual(all);
      expect(idsOf(await Jobs.all(path, { scope: 'failed' }))).toEqual([ids.failed]);
      expect(idsOf(await Jobs.all(path, { pipelineId: ids.pipeline, includeRetried: true }))).toEqual([
        ids.done,
      ]);
      const page = await Jobs.all(path, { perPage: 2, page: 1, showExpanded: true });
      expect(page.paginationInfo).toEqual({
        total: 3,
        next: 2,
        current: 1,
        previous: null,
        perPage: 2,
        totalPages: 2,
      });
      expect(await Jobs.allPipelineBridges(path, ids.pipeline)).toEqual([]);
    });

    test('reads a job, its log and its artifacts', async () => {
      const { path, ids } = await three();
      const { Jobs, JobArtifacts } = clientOf(house);
      expect(await Jobs.show(path, ids.done)).toMatchObject({
        id: ids.done,
        status: 'success',
        coverage: 82.5,
      });
      expect(await Jobs.showLog(path, ids.done)).toBe('log\n');
      const bytes = async (options: Parameters<typeof JobArtifacts.downloadArchive>[1]) => {
        // Text comes as such, whatever the types of the client say.
        const file: unknown = await JobArtifacts.downloadArchive(path, options);
        return file instanceof Blob ? file.size : file;
      };
      expect(await bytes({ jobId: ids.done })).toBe(archive.length);
      expect(await bytes({ ref: 'feature/x', job: 'job' })).toBe(archive.length);
      expect(await bytes({ jobId: ids.done, artifactPath: 'dir/a b.txt' })).toBe('spaced');
      expect(await bytes({ ref: 'feature/x', job: 'job', artifactPath: 'dir/a b.txt' })).toBe('spaced');
    });

    test('cancels, retries, plays, erases, keeps and removes', async () => {
      const { path, ids, runner } = await three();
      const { Jobs, JobArtifacts } = clientOf(house);
      const jobVariablesAttributes = [{ key: 'A', value: '1' }];
      expect(await Jobs.play(path, ids.manual, { jobVariablesAttributes })).toMatchObject({
        status: 'pending',
      });
      const { job } = await runner.request();
      expect(job!.variables).toContainEqual(expect.objectContaining({ key: 'A', value: '1' }));
      expect(await Jobs.cancel(path, ids.manual)).toMatchObject({ status: 'canceled' });
      expect((await Jobs.retry(path, ids.failed)).id).toBeGreaterThan(ids.manual);
      expect(await Jobs.erase(path, ids.failed)).toMatchObject({ artifacts_file: null });
      expect(await JobArtifacts.keep(path, ids.done)).toMatchObject({ artifacts_expire_at: null });
      await JobArtifacts.remove(path, { jobId: ids.done });
      await JobArtifacts.remove(path);
      await expect(JobArtifacts.downloadArchive(path, { jobId: ids.done })).rejects.toMatchObject({
        cause: { description: '404 Not Found' },
      });
      await expect(Jobs.retry(path, ids.manual + 1000)).rejects.toMatchObject({
        cause: { description: '404 Not found' },
      });
    });

    test('creates, reads and ends pipelines', async () => {
      const project = await ciProject(house);
      await project.commit(ONE_JOB);
      const { Pipelines } = clientOf(house);
      const variables = [{ key: 'A', value: '1', variable_type: 'env_var' as const }];
      const made = await Pipelines.create(project.id, 'main', { variables });
      expect(made).toMatchObject({ ref: 'main', status: 'pending', source: 'api' });
      expect(await Pipelines.showLatest(project.id)).toMatchObject({ id: made.id });
      expect(await Pipelines.allVariables(project.id, made.id)).toMatchObject(variables);
      expect(await Pipelines.all(project.id, { status: 'pending' })).toHaveLength(1);
      expect(await Pipelines.cancel(project.id, made.id)).toMatchObject({ status: 'canceled' });
      expect(await Pipelines.retry(project.id, made.id)).toMatchObject({ status: 'pending' });
      await Pipelines.remove(project.id, made.id);
      await expect(Pipelines.show(project.id, made.id)).rejects.toMatchObject({
        cause: { description: '404 Not found' },
      });
    });
  });

  test.skipIf(!hasPythonGitlab)(
    'python-gitlab (skipped: pip install python-gitlab, or name a Python that has it in JOBYARD_TEST_PYTHON)',
    async () => {
      const { path, ids } = await three();
      const script = join(import.meta.dirname, '../clients/python-gitlab.py');
      const args = [script, house.url, house.rootToken, path, JSON.stringify(ids)];
      const { stdout } = await promisify(execFile)(python, args);
      expect(JSON.parse(stdout)).toEqual({
        listed: [ids.failed, ids.done],
        bare_scope: [ids.manual],
        iterated: [ids.manual, ids.failed, ids.done],
        keyset: [ids.manual, ids.failed, ids.done],
        total: 3,
        job: ['success', 82.5, 'artifacts.zip'],
        trace: 'log\n',
        archive: archive.length,
        file: 'spaced',
        ref_file: 'spaced',
        ref_archive: archive.length,
        retried: 'pending',
        played: 'pending',
        canceled: 'canceled',
        erased: [404, '404 Not found'],
        refused: [400, 'scope does not have a valid value'],
        pipeline: ['success', '82.50', [ids.done]],
        bridges: 0,
        retried_pipeline: 'success',
      });
    },
  );
});
