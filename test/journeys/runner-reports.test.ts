import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { ARTIFACT_TYPES, formatOf } from '../../src/artifacts/artifact-types.ts';
import { variable } from '../../src/ci/variable.ts';
import { databases } from '../support/databases.ts';
import { jobsOf, needing, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import type { JobPayload, RunnerReply } from '../support/simulated-runner.ts';

const DOTENV = { artifact_type: 'dotenv', artifact_format: 'gzip' };
const gzipped = (...texts: string[]) => Buffer.concat(texts.map((text) => gzipSync(text)));
const bodyOf = ({ body }: RunnerReply) => JSON.parse(body.toString()) as { message: string };

/** The variables of this job as its runner is given them. */
const given = (job: JobPayload) => Object.fromEntries(job.variables.map(({ key, value }) => [key, value]));

describe.each(databases)('reports of runners, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { artifact_size: 100_000, artifact_size_terraform: 1000 });
  });

  async function begun(jobs = [planned('build')]) {
    const { runner, start, project } = await moveIn(house);
    const pipeline = await start(...jobs);
    const { job } = await runner.request();
    await runner.running(job!);
    return { runner, job: job!, pipeline, project };
  }

  test('of every type are stored, in the one format that each has', async () => {
    const { runner, job, project } = await begun();
    for (const type of ARTIFACT_TYPES) {
      const bytes = formatOf(type) === 'gzip' ? gzipped('A=1') : Buffer.from('{}');
      for (const format of ['zip', 'gzip', 'raw']) {
        const query = { artifact_type: type, artifact_format: format };
        const { status } = await runner.artifact(job, bytes, query, `${type}.bin`);
        expect([type, format, status]).toEqual([type, format, format === formatOf(type) ? 201 : 400]);
      }
    }
    const at = `/projects/${project.id}/jobs/${job.id}`;
    const { body } = await house.api<{ artifacts: { file_type: string; file_format: string }[] }>('GET', at);
    expect(
      body.artifacts.filter(({ file_type }) => file_type !== 'trace').map((each) => each.file_type),
    ).toEqual(ARTIFACT_TYPES);
  });

  test('are asked for with the name, type and format of each, however the job ends', async () => {
    const { job } = await begun([
      planned('build', {
        artifacts: { paths: ['out/'], expire_in: '1 week', access: 'developer', expose_as: 'the build' },
        reports: [
          { artifact_type: 'junit', paths: ['a.xml', 'b/*.xml'] },
          { artifact_type: 'codequality', paths: ['quality.json'] },
        ],
      }),
    ]);
    expect((job as JobPayload & { artifacts: object[] }).artifacts).toEqual([
      {
        paths: ['out/'],
        when: 'on_success',
        expire_in: '1 week',
        artifact_type: 'archive',
        artifact_format: 'zip',
      },
      {
        name: 'junit.xml',
        paths: ['a.xml', 'b/*.xml'],
        when: 'always',
        artifact_type: 'junit',
        artifact_format: 'gzip',
        expire_in: '1 week',
      },
      {
        name: 'gl-code-quality-report.json',
        paths: ['quality.json'],
        when: 'always',
        artifact_type: 'codequality',
        artifact_format: 'raw',
        expire_in: '1 week',
      },
    ]);
  });

  test('have limits of their own', async () => {
    const { runner, job } = await begun();
    const terraform = { artifact_type: 'terraform', artifact_format: 'raw' };
    expect(await runner.artifact(job, Buffer.alloc(1001), terraform)).toMatchObject({ status: 413 });
    expect(await runner.artifact(job, Buffer.alloc(1000), terraform)).toMatchObject({ status: 201 });
  });

  test('may be asked about before they are sent', async () => {
    const { runner, job } = await begun();
    const ask = (query: object, token = job.token) =>
      runner.send('POST', `/jobs/${job.id}/artifacts/authorize`, Buffer.from(JSON.stringify(query)), {
        'JOB-TOKEN': token,
        'Content-Type': 'application/json',
      });
    const reply = await ask({ artifact_type: 'terraform', artifact_format: 'raw' });
    expect([reply.status, bodyOf(reply)]).toEqual([200, { MaximumSize: 1000 }]);
    expect(await ask({ filesize: 100_001 })).toMatchObject({ status: 413 });
    expect(await ask({ artifact_type: 'junit' })).toMatchObject({ status: 400 });
    expect(await ask({}, 'glcbt-wrong')).toMatchObject({ status: 403 });
  });

  describe('with variables', () => {
    test('are given to jobs that fetch the artifacts, over the configuration and below the pipeline', async () => {
      const later = { stage_idx: 2, variables: [variable('VERSION', 'of the configuration')] };
      const { runner, job, project } = await begun([
        planned('build'),
        planned('deploy', { ...later, ...needing('build') }),
        planned('after', { stage_idx: 3 }),
        planned('alone', { stage_idx: 3, dependencies: [] }),
      ]);
      const report = gzipped('VERSION=1.2\nLINK=https://$CI_PROJECT_ID/$VERSION', 'SECRET=s3cret\n');
      expect(await runner.artifact(job, report, DOTENV, '.env.gz')).toMatchObject({ status: 201 });
      expect(await runner.artifact(job, report, DOTENV, '.env.gz')).toMatchObject({ status: 201 });
      await runner.finish(job, 'success');
      const { job: deploy } = await runner.request();
      expect(deploy!.job_info.name).toBe('deploy');
      expect(given(deploy!)).toMatchObject({
        VERSION: '1.2',
        SECRET: 's3cret',
        LINK: `https://${project.id}/1.2`,
      });
      await runner.running(deploy!);
      await runner.finish(deploy!, 'success');
      const after = [(await runner.request()).job!, (await runner.request()).job!].map(
        (each) => [each.job_info.name, given(each)['SECRET']] as const,
      );
      expect(Object.fromEntries(after)).toEqual({ after: 's3cret', alone: undefined });
    });

    test('may be as many bytes as the limit says, without a line feed at their end too', async () => {
      const { runner, job } = await begun();
      const most = gzipped(`A=${'x'.repeat(5120 - 3)}`);
      expect(await runner.artifact(job, most, DOTENV)).toMatchObject({ status: 201 });
    });

    test('are nowhere in the clear', async () => {
      const { runner, job } = await begun();
      await runner.artifact(job, gzipped('SECRET=hidden-in-the-table'), DOTENV);
      const rows = await house.parts.db.read
        .selectFrom('job_dotenv_variables')
        .selectAll()
        .where('job_id', '=', job.id)
        .execute();
      expect(rows.map(({ key }) => key)).toEqual(['SECRET']);
      expect(JSON.stringify(rows)).not.toContain('hidden-in-the-table');
    });

    test.each([
      ['a line that is none', gzipped('A=1\nnonsense'), 'Invalid Format: line 2 is not KEY=VALUE'],
      ['too much', gzipped(`A=${'x'.repeat(6000)}`), 'Dotenv Artifact Too Big. Maximum Allowable Size: 5120'],
      [
        'too many',
        gzipped(Array.from({ length: 21 }, (_, index) => `K${index}=`).join('\n')),
        'Dotenv files cannot have more than 20 variables',
      ],
      [
        'a bomb',
        gzipSync(Buffer.alloc(30 << 20, 'a')),
        'Dotenv Artifact Too Big. Maximum Allowable Size: 5120',
      ],
      ['no gzip', Buffer.from('A=1'), 'Invalid Format: it ends early'],
    ])('that cannot be read, with %s, are refused and leave nothing', async (_, bytes, message) => {
      const { runner, job, pipeline } = await begun();
      const reply = await runner.artifact(job, bytes, DOTENV, '.env.gz');
      expect([reply.status, bodyOf(reply)]).toEqual([400, { message }]);
      const { id } = (await jobsOf(house.parts.db, pipeline))['build']!;
      const read = house.parts.db.read;
      expect(await read.selectFrom('job_artifacts').select('id').where('job_id', '=', id).execute()).toEqual(
        [],
      );
      expect(
        await read.selectFrom('job_dotenv_variables').select('id').where('job_id', '=', id).execute(),
      ).toEqual([]);
      expect(await runner.artifact(job, gzipped('A=1'), DOTENV)).toMatchObject({ status: 201 });
    });
  });
});

describe('while the server takes no artifacts', () => {
  test('uploads are answered 405', async () => {
    const house = await openRunnerHouse('sqlite', {}, { artifacts: false });
    const { runner, start } = await moveIn(house);
    await start(planned('build'));
    const { job } = await runner.request();
    await runner.running(job!);
    const reply = await runner.artifact(job!, Buffer.from('a'));
    expect([reply.status, bodyOf(reply)]).toEqual([405, { message: '405 Method Not Allowed' }]);
  });
});
