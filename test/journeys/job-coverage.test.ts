import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { until } from '../support/until.ts';

describe.each(databases)('coverage, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  /** Of a sealed log: the two come in one transaction, so the first read that sees the one sees the other. */
  const sealed = async (project: number, jobId: number) =>
    await until('the log is sealed', async () => {
      const trace = await house.parts.db.read
        .selectFrom('job_traces')
        .innerJoin('jobs', 'jobs.id', 'job_traces.job_id')
        .select(['state', 'coverage'])
        .where('job_id', '=', jobId)
        .executeTakeFirst();
      if (trace?.state !== 'sealed') return;
      const { body } = await house.api<{ coverage: number | null }>(
        'GET',
        `/projects/${project}/jobs/${jobId}`,
      );
      expect(body.coverage).toBe(trace.coverage);
      return body;
    });

  test('is what the log of a job states last, and the mean of its jobs in a pipeline', async () => {
    const { project, runner, start } = await moveIn(house);
    const coverage = 'Lines: (\\d+\\.\\d+)%';
    const id = await start(
      planned('unit', { coverage }),
      planned('integration', { coverage }),
      planned('lint'),
    );
    const found: Record<string, number | null> = {};
    const logs: Record<string, string> = {
      unit: 'Lines: 10.00%\nLines: 20.25%\ndone\n',
      integration: 'Lines: 40.00% of 400\n',
      lint: 'Lines: 99.00%\n',
    };
    for (const name of Object.keys(logs)) {
      const { job } = await runner.request();
      await runner.running(job!);
      await runner.patch(job!, logs[job!.job_info.name]!);
      await runner.finish(job!, name === 'integration' ? 'failed' : 'success', logs[job!.job_info.name]);
      found[job!.job_info.name] = (await sealed(project.id, job!.id)).coverage;
    }
    expect(found).toEqual({ unit: 20.25, integration: 40, lint: null });
    const { body } = await house.api<{ coverage: string }>('GET', `/projects/${project.id}/pipelines/${id}`);
    expect(body.coverage).toBe('30.13');
  });

  test('that cannot be found leaves the job as it is', async () => {
    const { project, runner, start } = await moveIn(house);
    await start(planned('unit', { coverage: 'Lines: \\d+%' }));
    const { job } = await runner.request();
    await runner.running(job!);
    await runner.finish(job!, 'success');
    expect((await sealed(project.id, job!.id)).coverage).toBeNull();
  });
});
