import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { type RealJob, realProject, realServer } from '../support/real-jobs.ts';
import type { TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const CONFIG = '.gitlab-ci.yml';
const at = (time: string | null | undefined) => Date.parse(time ?? '');

describe.each(databases)('the order of real jobs, on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await realServer(kind);
  });

  test('three pipelines that deploy to one place do so one after the other', async () => {
    const project = await realProject(server);
    const pipelines: number[] = [];
    for (const round of ['first', 'second', 'third'])
      pipelines.push(
        await project.push(
          {
            [CONFIG]: `
workflow: {auto_cancel: {on_new_commit: none}}
stages: [build, deploy]
build: {stage: build, script: echo built}
deploy:
  stage: deploy
  resource_group: $CI_PROJECT_NAME/production
  script: [sleep 1, echo deployed ${round}]
`,
          },
          round,
        ),
      );
    const deploys: RealJob[] = [];
    for (const pipeline of pipelines) {
      await project.pipelineIs(pipeline, 'success');
      deploys.push((await project.jobs(pipeline))['deploy']!);
    }
    const times = deploys
      .map(({ started_at, finished_at }) => ({ began: at(started_at), ended: at(finished_at) }))
      .toSorted((one, other) => one.began - other.began);
    expect(times[1]!.began).toBeGreaterThanOrEqual(times[0]!.ended);
    expect(times[2]!.began).toBeGreaterThanOrEqual(times[1]!.ended);
  });

  test('a delayed job waits its time, a manual one for a person, and what is behind waits for both', async () => {
    const project = await realProject(server);
    const pipeline = await project.push({
      [CONFIG]: `
stages: [canary, approve, rollout, done]
canary: {stage: canary, script: echo canary, when: delayed, start_in: 2 seconds}
beside: {stage: canary, script: echo beside}
approve: {stage: approve, script: echo "approved by $GITLAB_USER_LOGIN", when: manual, allow_failure: false}
optional: {stage: approve, script: echo optional, when: manual}
rollout: {stage: rollout, script: echo rolled out}
without asking: {stage: rollout, needs: [beside], script: echo early}
done: {stage: done, script: echo done}
`,
    });
    await project.pipelineIs(pipeline, 'manual');
    const { canary, ...before } = await project.jobs(pipeline);
    expect(canary?.status).toBe('success');
    expect(at(canary?.started_at) - at(canary?.created_at)).toBeGreaterThanOrEqual(2000);
    expect(before['without asking']?.status).toBe('success');
    expect(
      [before['approve'], before['optional'], before['rollout'], before['done']].map((job) => job?.status),
    ).toEqual(['manual', 'manual', 'created', 'created']);
    expect(await project.play(before['approve'])).toBe(200);
    await project.pipelineIs(pipeline, 'success');
    const { approve, rollout, optional } = await project.jobs(pipeline);
    expect(await project.log(approve)).toContain('approved by root');
    expect(at(rollout?.started_at)).toBeGreaterThanOrEqual(at(approve?.finished_at));
    expect(optional?.status).toBe('manual');
  });

  test('a job is tried again for the exit codes that it names, and for no other', async () => {
    const project = await realProject(server);
    const pipeline = await project.push({
      [CONFIG]: `
stages: [test, notice]
flaky:
  script: exit 75
  retry: {max: 2, exit_codes: [75]}
broken:
  script: exit 1
  retry: {max: 2, exit_codes: [75]}
either:
  script: exit 1
  retry: {max: 1, exit_codes: 75, when: script_failure}
known:
  script: exit 42
  retry: {max: 1, exit_codes: [42, 75]}
  allow_failure: {exit_codes: [42]}
notice: {stage: notice, script: echo noticed, when: on_failure}
`,
    });
    await project.pipelineIs(pipeline, 'failed');
    const { body } = await server.api<RealJob[]>(
      'GET',
      `${project.at}/pipelines/${pipeline}/jobs?include_retried=true&per_page=100`,
    );
    const tries = (name: string) => body.filter((job) => job.name === name).map(({ status }) => status);
    expect(tries('flaky')).toEqual(['failed', 'failed', 'failed']);
    expect(tries('broken')).toEqual(['failed']);
    expect(tries('either')).toEqual(['failed', 'failed']);
    expect(tries('known')).toEqual(['failed', 'failed']);
    expect(tries('notice')).toEqual(['success']);
  });

  test('a newer commit ends what may be interrupted of the older pipeline, processes and all', async () => {
    const project = await realProject(server);
    // Jobs may be another user's than the tests.
    const folder = temporaryFolder();
    await chmod(folder, 0o755);
    const signal = join(folder, 'go-on');
    const older = await project.push({
      [CONFIG]: `
workflow: {auto_cancel: {on_new_commit: interruptible}}
slow: {interruptible: true, script: [echo begun, sleep 300], after_script: [echo cleaned up]}
steady:
  script:
    - echo begun
    - until test -e ${signal}; do sleep 0.1; done
    - echo finished
`,
    });
    for (const name of ['slow', 'steady'])
      await until(`${name} has begun`, async () =>
        /^begun/m.test(await project.log((await project.jobs(older))[name])) ? true : undefined,
      );
    const newer = await project.push({ [CONFIG]: 'quick: {script: echo quick}' });
    const slow = await project.jobIs(older, 'slow', 'canceled');
    expect(await project.log(slow)).toContain('cleaned up');
    await project.pipelineIs(newer, 'success');
    await writeFile(signal, '');
    const steady = await project.jobIs(older, 'steady', 'success');
    expect(await project.log(steady)).toMatch(/^finished/m);
    await project.pipelineIs(older, 'canceled');
  });

  test('a review app is stopped by its job, by hand and with its branch', async () => {
    const project = await realProject(server);
    const config = {
      [CONFIG]: `
stages: [deploy, stop]
deploy:
  stage: deploy
  script: echo ADDRESS=$CI_COMMIT_REF_SLUG.example.test > deploy.env
  artifacts: {reports: {dotenv: deploy.env}}
  environment: {name: review/$CI_COMMIT_REF_NAME, url: "https://$ADDRESS/", on_stop: stop}
stop:
  stage: stop
  variables: {GIT_STRATEGY: none}
  script: echo "taking down $CI_ENVIRONMENT_NAME at $CI_ENVIRONMENT_URL"
  when: manual
  environment: {name: review/$CI_COMMIT_REF_NAME, action: stop}
`,
    };
    interface Environment {
      id: number;
      name: string;
      state: string;
      external_url: string | null;
    }
    const environment = async (name: string) =>
      (await server.api<Environment[]>('GET', `${project.at}/environments?name=${encodeURIComponent(name)}`))
        .body[0];
    const stopped = (name: string) =>
      until(`${name} is stopped`, async () =>
        (await environment(name))?.state === 'stopped' ? true : undefined,
      );
    await project.push({ 'README.md': 'The default branch' });
    const byHand = await project.push(config, 'by-hand');
    const withBranch = await project.push({ 'a.txt': 'a' }, 'with-branch');
    for (const pipeline of [byHand, withBranch]) await project.pipelineIs(pipeline, 'success');
    expect(await environment('review/by-hand')).toMatchObject({
      state: 'available',
      external_url: 'https://by-hand.example.test/',
    });

    expect(await project.play((await project.jobs(byHand))['stop'])).toBe(200);
    await stopped('review/by-hand');
    expect(await project.log((await project.jobs(byHand))['stop'])).toMatch(
      /^taking down review\/by-hand at https:\/\/by-hand\.example\.test\//m,
    );
    const gone = await server.api('DELETE', `${project.at}/repository/branches/with-branch`);
    expect(gone.status).toBe(204);
    await stopped('review/with-branch');
    expect((await project.jobs(withBranch))['stop']?.status).toBe('success');
  });
});
