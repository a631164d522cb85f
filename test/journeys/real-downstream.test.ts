import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { realProject, realServer } from '../support/real-jobs.ts';
import type { TestServer } from '../support/server.ts';

const CONFIG = '.gitlab-ci.yml';
/** A job that tells what variables it sees. */
const usingJob = (...needs: string[]) => `
use:
  needs: [${needs.join(', ')}]
  script: echo "version '$VERSION', passed '$PASSED', secret '$UNPASSED'"
`;

describe.each(databases)('pipelines below others, of real jobs, on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await realServer(kind);
  });

  test('a parent waits for its child, and what comes after the child sees how it went', async () => {
    const project = await realProject(server);
    const pipeline = await project.push({
      [CONFIG]: `
stages: [build, parts, release]
compile:
  stage: build
  script: [mkdir out, echo compiled > out/app]
  artifacts: {paths: [out]}
backend:
  stage: parts
  variables: {PART: backend, PARENT: $CI_PIPELINE_ID}
  trigger: {include: ci/part.yml, strategy: depend}
frontend:
  stage: parts
  variables: {PART: frontend, PARENT: $CI_PIPELINE_ID}
  trigger: {include: ci/part.yml, strategy: depend}
  allow_failure: true
publish:
  stage: release
  script: cat out/app
`,
      'ci/part.yml': `
unit:
  needs: [{pipeline: $PARENT, job: compile}]
  script: [echo "$PART has $(cat out/app)", test "$PART" = backend]
report:
  stage: deploy
  when: on_failure
  needs: [unit]
  script: echo "$PART is broken, says $CI_PIPELINE_SOURCE"
`,
    });
    await project.pipelineIs(pipeline, 'success');
    const { backend, frontend, publish } = await project.jobs(pipeline);
    expect([backend?.status, frontend?.status, publish?.status]).toEqual(['success', 'failed', 'success']);
    const good = await project.jobs(backend?.downstream_pipeline?.id ?? 0);
    const bad = await project.jobs(frontend?.downstream_pipeline?.id ?? 0);
    expect([good['unit']?.status, good['report']?.status]).toEqual(['success', 'skipped']);
    expect([bad['unit']?.status, bad['report']?.status]).toEqual(['failed', 'success']);
    expect(await project.log(good['unit'])).toContain('backend has compiled');
    expect(await project.log(bad['report'])).toContain('frontend is broken, says parent_pipeline');
    expect(Date.parse(publish?.started_at ?? '')).toBeGreaterThan(
      Date.parse(bad['report']?.finished_at ?? ''),
    );
  });

  test('a child is made of what a job has written, a child of its own below it', async () => {
    const project = await realProject(server);
    const pipeline = await project.push({
      [CONFIG]: `
stages: [plan, run]
generate:
  stage: plan
  script:
    - mkdir gen
    - |
      for part in red green blue; do
        printf '%s:\\n  script: echo painted %s\\n' $part $part
      done > gen/child.yml
    - |
      cat >> gen/child.yml <<'END'
      deeper:
        stage: deploy
        variables: {COLOURS: three}
        trigger: {include: grandchild.yml, strategy: depend}
      END
  artifacts: {paths: [gen]}
paint:
  stage: run
  trigger:
    include: [{artifact: gen/child.yml, job: generate}]
    strategy: depend
`,
      'grandchild.yml': 'count: {script: [echo there are $COLOURS]}\n',
    });
    await project.pipelineIs(pipeline, 'success');
    const child = (await project.jobs(pipeline))['paint']?.downstream_pipeline?.id ?? 0;
    const painted = await project.jobs(child);
    expect(Object.keys(painted).toSorted()).toEqual(['blue', 'deeper', 'green', 'red']);
    expect(await project.log(painted['green'])).toContain('painted green');
    const { count } = await project.jobs(painted['deeper']?.downstream_pipeline?.id ?? 0);
    expect(await project.log(count)).toContain('there are three');
  });

  test('a pipeline of another project fails the one that waits for it, and succeeds with it when it is retried', async () => {
    const library = await realProject(server);
    const project = await realProject(server);
    await library.push({ [CONFIG]: 'unit: {script: [test "$CI_PIPELINE_SOURCE" = push]}\n' });
    const pipeline = await project.push({
      [CONFIG]: `
stages: [library, use]
library:
  stage: library
  trigger: {project: ${library.path}, branch: main, strategy: depend}
use: {stage: use, script: echo used}
`,
    });
    await project.pipelineIs(pipeline, 'failed');
    const { library: failed } = await project.jobs(pipeline);
    const below = failed?.downstream_pipeline;
    expect([failed?.status, below?.project_id]).toEqual(['failed', library.id]);

    await library.push({ [CONFIG]: 'unit: {script: echo mended}\n' });
    expect((await server.api('POST', `${project.at}/jobs/${failed?.id}/retry`)).status).toBe(201);
    await project.pipelineIs(pipeline, 'success');
    const { library: mended, use } = await project.jobs(pipeline);
    expect(mended?.downstream_pipeline?.id).not.toBe(below?.id);
    expect(await project.log(use)).toContain('used');
  });

  test('what a job has left in a dotenv report reaches children and other projects', async () => {
    const project = await realProject(server);
    const consumer = await realProject(server);
    await server.api('POST', `${project.at}/job_token_scope/allowlist`, {
      body: { target_project_id: consumer.id },
    });
    await consumer.push({ [CONFIG]: usingJob(`{project: ${project.path}, job: version, ref: main}`) });
    const pipeline = await project.push({
      [CONFIG]: `
stages: [build, below]
version:
  stage: build
  script: [echo VERSION=1.2.3 > build.env, echo UNPASSED=4 >> build.env]
  artifacts: {reports: {dotenv: build.env}}
passed:
  stage: below
  variables: {PASSED: "v$VERSION"}
  trigger: {include: passed.yml, strategy: depend}
needed:
  stage: below
  variables: {PARENT: $CI_PIPELINE_ID}
  trigger: {include: needed.yml, strategy: depend}
withheld:
  stage: below
  variables: {PASSED: "v$VERSION"}
  trigger: {include: passed.yml, strategy: depend, forward: {yaml_variables: false}}
given:
  stage: below
  variables: {VERSION: overridden}
  trigger: {include: passed.yml, strategy: depend, forward: {pipeline_variables: true}}
elsewhere:
  stage: below
  variables: {PASSED: "v$VERSION"}
  trigger: {project: ${consumer.path}, strategy: depend}
`,
      'passed.yml': usingJob(),
      'needed.yml': usingJob('{pipeline: $PARENT, job: version}'),
    });
    await project.jobIs(pipeline, 'needed', 'success');
    await project.jobIs(pipeline, 'withheld', 'success');
    await project.jobIs(pipeline, 'given', 'success');
    const bridges = await project.jobs(pipeline);
    const said = async (bridge: string, of = project.at) => {
      const below = bridges[bridge]?.downstream_pipeline?.id ?? 0;
      const log = await project.log((await project.jobs(below, of))['use'], of);
      return /^version '.*'/m.exec(log)?.[0];
    };
    expect(await said('passed')).toBe("version '', passed 'v1.2.3', secret ''");
    expect(await said('needed')).toBe("version '1.2.3', passed '', secret '4'");
    expect(await said('withheld')).toBe("version '', passed '', secret ''");
    expect(await said('given')).toBe("version '1.2.3', passed '', secret '4'");

    // The consumer looks for the last successful pipeline of the ref, which this one is not yet.
    await project.pipelineIs(pipeline, 'failed');
    const { elsewhere } = await project.jobs(pipeline);
    const { use: lacking } = await project.jobs(elsewhere?.downstream_pipeline?.id ?? 0, consumer.at);
    expect(lacking?.failure_reason).toBe('missing_dependency_failure');
  });
});
