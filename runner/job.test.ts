import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RunnerClient } from './client.ts';
import { runJob } from './job.ts';
import { decodeJob } from './job-payload.ts';
import { readSettings } from './settings.ts';
import { Slots } from './slots.ts';
import { StateFolder } from './state-folder.ts';

test('a job that cannot be noted down is not run, and ends no other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jobyard-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [url, token] = ['http://127.0.0.1:1', 'glrt-none'];
  const settings = readSettings(
    {
      JOBYARD_RUNNER_URL: url,
      JOBYARD_RUNNER_TOKEN: token,
      JOBYARD_RUNNER_BUILDS: join(folder, 'builds'),
      JOBYARD_RUNNER_STATE: join(folder, 'state'),
    },
    false,
  );
  const state = new StateFolder(settings.state);
  rmSync(join(settings.state, 'jobs'), { recursive: true });
  const client = new RunnerClient(url, token, state.systemId);
  const { signal } = new AbortController();
  const job = decodeJob({ id: 1, token: 'glcbt-none', job_info: { project_id: 1 } });
  const run = runJob(job, new Slots().take(1), settings, client, state, {
    interrupt: signal,
    giveUp: signal,
  });
  await expect(run).resolves.toBeUndefined();
});
