import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { fetchBytes } from '../support/fetch-bytes.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

interface Coverage {
  reports: { name: string; files: number; lines: number; covered: number; error: string | null }[];
  files: Record<string, Record<string, number>>;
}

const cobertura = (source: string, classes: string) =>
  `<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://cobertura.example/coverage-04.dtd"><coverage>
   <sources><source>${source}</source></sources><packages><package><classes>${classes}</classes></package></packages></coverage>`;
const classOf = (filename: string, ...hits: number[]) =>
  `<class filename="${filename}"><lines>${hits
    .map((count, index) => `<line number="${index + 1}" hits="${count}"/>`)
    .join('')}</lines></class>`;
const JACOCO = `<report name="r"><package name="org/example"><class name="A"/><sourcefile name="A.java">
  <line nr="3" mi="0" ci="4" mb="0" cb="0"/><line nr="4" mi="2" ci="0" mb="0" cb="0"/></sourcefile></package></report>`;

describe.each(databases)('coverage reports, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  /** A pipeline with a job for each report. */
  async function pipelineWith(reports: Record<string, [type: string, text: (path: string) => string]>) {
    const { project, runner, start } = await moveIn(house);
    const { path_with_namespace } = await house.parts.db.read
      .selectFrom('projects')
      .select('path_with_namespace')
      .where('id', '=', project.id)
      .executeTakeFirstOrThrow();
    const pipeline = await start(...Object.keys(reports).map((name) => planned(name)));
    const jobs: Record<string, number> = {};
    for (const _ of Object.keys(reports)) {
      const { job } = await runner.request();
      const [type, text] = reports[job!.job_info.name]!;
      jobs[job!.job_info.name] = job!.id;
      await runner.running(job!);
      const bytes = gzipSync(text(path_with_namespace));
      await runner.artifact(job!, bytes, { artifact_type: type, artifact_format: 'gzip' }, 'coverage.gz');
      await runner.finish(job!, 'success');
    }
    return { project, jobs, at: `/projects/${project.id}/pipelines/${pipeline}/coverage_report` };
  }

  test('say the hits of each line by file, all jobs added up', async () => {
    const { at } = await pipelineWith({
      unit: [
        'cobertura',
        (path) => cobertura(`/builds/${path}/src`, classOf('a.ts', 1, 0) + classOf('b.ts', 2)),
      ],
      system: [
        'cobertura',
        () => cobertura('.', classOf('src/a.ts', 3, 0, 5) + classOf('src/&quot;c&quot;.ts', 0)),
      ],
      java: ['jacoco', () => JACOCO],
    });
    const { status, body } = await house.api<Coverage>('GET', at);
    expect(status).toBe(200);
    expect(body.files).toEqual({
      'org/example/A.java': { 3: 1, 4: 0 },
      'src/"c".ts': { 1: 0 },
      'src/a.ts': { 1: 4, 2: 0, 3: 5 },
      'src/b.ts': { 1: 2 },
    });
    expect(
      Object.fromEntries(
        body.reports.map(({ name, files, lines, covered }) => [name, [files, lines, covered]]),
      ),
    ).toEqual({
      unit: [2, 3, 2],
      system: [2, 4, 2],
      java: [1, 2, 1],
    });
    const one = await house.api<Coverage>('GET', `${at}?path=src%2Fa.ts`);
    expect(one.body.files).toEqual({ 'src/a.ts': { 1: 4, 2: 0, 3: 5 } });
  });

  test('that cannot be read say why, and hide no other', async () => {
    const { at } = await pipelineWith({
      broken: ['cobertura', () => '<coverage><packages>'],
      sound: ['cobertura', () => cobertura('.', classOf('a.ts', 1))],
    });
    const { body } = await house.api<Coverage>('GET', at);
    expect(body.reports.find(({ name }) => name === 'broken')).toMatchObject({
      files: 0,
      error: expect.stringMatching(/^Coverage report parsing failed: Unclosed root tag/) as string,
    });
    expect(body.files).toEqual({ 'a.ts': { 1: 1 } });
  });

  test('can be had as the runner sent them', async () => {
    const { project, jobs } = await pipelineWith({ java: ['jacoco', () => JACOCO] });
    const at = `/projects/${project.id}/jobs/${jobs['java']}/artifacts`;
    const { status, bytes } = await fetchBytes(house, `${at}?file_type=jacoco`);
    expect([status, bytes]).toEqual([200, gzipSync(JACOCO)]);
    expect((await fetchBytes(house, at)).status).toBe(404);
    expect((await fetchBytes(house, `${at}?file_type=novel`)).status).toBe(400);
  });

  test('are empty without any', async () => {
    const { at } = await pipelineWith({ java: ['metrics', () => 'a 1'] });
    expect((await house.api('GET', at)).body).toEqual({ reports: [], files: {} });
  });
});
