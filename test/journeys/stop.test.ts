import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, remoteOf, repositoryOf } from '../support/git.ts';
import { type NpmStart, npmStart } from '../support/npm-start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const flags = ['--runner', 'on'];

interface Job {
  id: number;
  status: string;
  failure_reason?: string;
}

/** A server whose built-in runner is in the middle of a long job. */
async function inTheMiddle() {
  const server = await npmStart({ flags });
  expect((await server.api('POST', '/projects', { body: { name: 'long' } })).status).toBe(201);
  const source = temporaryFolder();
  await writeFile(join(source, '.gitlab-ci.yml'), 'long:\n  script: [echo begun, sleep 600]\n');
  const tree = await repositoryOf(source);
  await git(tree, 'push', remoteOf(server.url, 'root/long', server.rootToken), 'main');
  await until('the job has begun', async () => ((await log(server)).includes('\nbegun') ? true : undefined));
  return server;
}

const job = async ({ api }: NpmStart) => (await api<Job[]>('GET', '/projects/root%2Flong/jobs')).body[0];

async function log(server: NpmStart): Promise<string> {
  const { body } = await server.api('GET', `/projects/root%2Flong/jobs/${(await job(server))?.id}/trace`);
  return typeof body === 'string' ? body : '';
}

test(
  'a server that is stopped ends its own runner’s job as interrupted, with what it had said',
  { timeout: 90_000 },
  async () => {
    const server = await inTheMiddle();
    const begun = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - begun).toBeLessThan(10_000);
    const again = await npmStart({ data: server.data, flags: ['--runner', 'off'] });
    expect(await job(again)).toMatchObject({ status: 'failed', failure_reason: 'runner_interrupted' });
    expect(await log(again)).toContain('\nbegun');
    await again.stop();
  },
);

test(
  'after a kill the job is told as interrupted at the next start, and is not run twice',
  { timeout: 90_000 },
  async () => {
    const server = await inTheMiddle();
    await server.kill9();
    const again = await npmStart({ data: server.data, flags });
    const ended = await until('the job has ended', async () => {
      const found = await job(again);
      return found?.status === 'failed' ? found : undefined;
    });
    expect(ended.failure_reason).toBe('runner_interrupted');
    expect((await log(again)).match(/\nbegun/g)).toHaveLength(1);
    await again.stop();
  },
);
