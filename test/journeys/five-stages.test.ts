import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { git, remoteOf, repositoryOf } from '../support/git.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { entriesOf } from '../support/zip.ts';

interface Job {
  id: number;
  name: string;
  status: string;
  failure_reason?: string;
  artifacts_file: { filename: string; size: number } | null;
}

describe.each(databases)('a pipeline of five stages on %s', (database) => {
  test('runs, fails, is mended, waits for a hand, and ends well', { timeout: 180_000 }, async () => {
    const server = await bootServer({ database, config: { runner: true, runner_concurrent: 3 } });
    const { body: project } = await server.api<{ id: number }>('POST', '/projects', {
      body: { name: 'five' },
    });
    const tree = await repositoryOf(join(import.meta.dirname, 'five-stages'));
    await git(tree, 'push', remoteOf(server.url, 'root/five', server.rootToken), 'main');
    const at = `/projects/${project.id}`;
    const journey = journeyOf(server, at);

    await journey.pipelineIs('failed');
    const first = await journey.jobs();
    expect(statuses(first)).toEqual({
      version: 'success',
      compile: 'success',
      docs: 'success',
      unit: 'success',
      lint: 'failed',
      flaky: 'failed',
      deploy: 'skipped',
      'failure notice': 'success',
      summary: 'skipped',
    });
    expect(first.lint?.failure_reason).toBe('script_failure');
    const log = (name: string, jobs = first) => journey.log(jobs[name]?.id ?? 0);
    expect(await log('version')).toContain('before version');
    expect(await log('compile')).toMatch(/compiled 1\.2\.1 from five/);
    expect(await log('compile')).toContain('after compile, which was a success');
    expect(await log('lint')).toContain('exit code 3');
    expect(await log('flaky')).toContain("fixed is ''");
    expect(await log('failure notice')).toContain('something failed');
    expect((await server.api('GET', `${at}/jobs/${first.deploy?.id}/trace`)).status).toBe(404);
    expect((await server.api('GET', `${at}/jobs/${first.unit?.id}/artifacts`)).status).toBe(404);

    expect(await journey.archive(first.version?.id)).toEqual({ 'version.txt': '1.2.1\n' });
    expect(await journey.archive(first.compile?.id)).toEqual({ 'dist/': '', 'dist/version.txt': '1.2.1\n' });
    expect(first.compile?.artifacts_file?.filename).toBe('app-main.zip');
    expect(await journey.archive(first.docs?.id)).toMatchObject({
      'public/index.html': '<h1>Documentation</h1>\n',
    });

    const retry = await server.api<Job>('POST', `${at}/jobs/${first.flaky?.id}/retry`, {
      body: { job_variables_attributes: [{ key: 'FIXED', value: 'yes' }] },
    });
    expect(retry.status).toBe(201);
    expect(retry.body.id).toBeGreaterThan(first.flaky?.id ?? 0);
    await journey.pipelineIs('manual');
    const second = await journey.jobs();
    expect(second.flaky).toMatchObject({ id: retry.body.id, status: 'success' });
    expect(await log('flaky', second)).toContain("fixed is 'yes'");
    expect(await log('flaky')).toContain("fixed is ''");
    expect(second.deploy?.status).toBe('manual');

    const play = await server.api<Job>('POST', `${at}/jobs/${second.deploy?.id}/play`, {
      body: { job_variables_attributes: [{ key: 'TARGET', value: 'the moon' }] },
    });
    expect(play).toMatchObject({ status: 200, body: { id: second.deploy?.id } });
    await journey.pipelineIs('success');
    const third = await journey.jobs();
    expect(await log('deploy', third)).toContain('deploying 1.2.1 to the moon');
    expect(await log('summary', third)).toMatch(/1\.2\.1\r?\n1\.2\.1\r?\n<h1>Documentation/);
    const latest = await server.api('GET', `${at}/jobs/artifacts/main/raw/dist/version.txt?job=compile`);
    expect(latest.body).toBe('1.2.1\n');
    await server.close();
  });
});

const statuses = (jobs: Record<string, Job>) =>
  Object.fromEntries(Object.values(jobs).map(({ name, status }) => [name, status]));

function journeyOf(server: TestServer, at: string) {
  const pipeline = async () =>
    (await server.api<{ id: number; status: string }[]>('GET', `${at}/pipelines`)).body[0];
  const jobs = async (): Promise<Record<string, Job>> => {
    const { body } = await server.api<Job[]>(
      'GET',
      `${at}/pipelines/${(await pipeline())?.id}/jobs?per_page=100`,
    );
    return Object.fromEntries(body.map((job) => [job.name, job]));
  };
  return {
    jobs,
    async pipelineIs(wanted: string) {
      let seen = '';
      await until(
        `the pipeline is ${wanted}`,
        async () => {
          const found = await pipeline();
          seen = `${found?.status}: ${JSON.stringify(found && statuses(await jobs()))}`;
          return found?.status === wanted ? found : undefined;
        },
        60,
        () => seen,
      );
    },
    async log(id: number) {
      const { status, body } = await server.api<string>('GET', `${at}/jobs/${id}/trace`);
      expect(status).toBe(200);
      return body;
    },
    async archive(id: number | undefined) {
      const headers = { 'PRIVATE-TOKEN': server.rootToken };
      const response = await fetch(`${server.url}/api/v4${at}/jobs/${id}/artifacts`, { headers });
      expect(response.status).toBe(200);
      return entriesOf(Buffer.from(await response.arrayBuffer()));
    },
  };
}
