import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { processesWith } from '../support/processes.ts';
import { realProject } from '../support/real-jobs.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

/** Seconds within which a cancel is heard of: fewer than between two updates of a job that is not told. */
const SOON = 20;
const RARELY = { trace_update_interval: 30, trace_update_interval_watched: 30 };

describe.each(databases)('a job of the built-in runner that is canceled, on %s', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await bootServer({ database, config: { runner: true, limits: RARELY } });
  });

  /** A job that has begun: its configuration gets the file that it makes then. */
  async function begun(config: (file: string) => string) {
    const project = await realProject(server);
    const folder = temporaryFolder();
    // It is another user's than the tests.
    await chmod(folder, 0o777);
    const file = join(folder, 'begun');
    const pipeline = await project.push({ '.gitlab-ci.yml': config(file) });
    await until('the job has begun', async () => existsSync(file) || undefined);
    const job = await project.jobIs(pipeline, 'long', 'running');
    const cancel = (body = {}) =>
      server.api<{ status: string }>('POST', `${project.at}/jobs/${job.id}/cancel`, { body });
    return { project, pipeline, cancel };
  }

  test('hears of it at once: its processes end, after_script runs, and then it is canceled', async () => {
    const { project, pipeline, cancel } = await begun(
      (file) => `
long:
  script: ['(setsid sleep 413.5 &)', 'touch ${file}', sleep 413.5]
  after_script: ['echo "it is $CI_JOB_STATUS"']
`,
    );
    expect((await cancel()).body.status).toBe('canceling');
    const job = await project.jobIs(pipeline, 'long', 'canceled', SOON);
    expect(await project.log(job)).toContain('it is canceled\n');
    expect(processesWith('sleep 413.5')).toEqual([]);
  });

  test('by force has what does not want to end killed at once', async () => {
    const { project, pipeline, cancel } = await begun(
      (file) => `
long:
  script: ["trap '' TERM", 'touch ${file}', sleep 414.5, sleep 414.5]
`,
    );
    expect((await cancel({ force: true })).body.status).toBe('canceled');
    await until('it is killed', async () => processesWith('sleep 414.5').length === 0 || undefined, SOON);
    await project.pipelineIs(pipeline, 'canceled');
  });
});
