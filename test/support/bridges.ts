import { expect } from 'vitest';
import type { PlannedJob } from '../../src/ci/plan.ts';
import type { Api } from './api.ts';
import { type CiProject, ciProject, ONE_JOB } from './ci-project.ts';
import { projectRunner, type RunnerHouse } from './runner-house.ts';
import type { JobPayload, SimulatedRunner } from './simulated-runner.ts';

/** Of a pipeline's reply, what tests of bridges look at. */
export interface PipelineBody {
  id: number;
  project_id: number;
  status: string;
  source: string;
  ref: string;
  sha: string;
}

/** The same of a bridge's. */
export interface BridgeBody {
  id: number;
  name: string;
  status: string;
  failure_reason?: string;
  failure_message: string | null;
  user: { username: string };
  downstream_pipeline: PipelineBody | null;
}

/** A project with a file `child.yml`, and a runner for it and for the other projects. */
export async function bridgeScene(house: RunnerHouse, child = ONE_JOB, ...others: CiProject[]) {
  const project = await ciProject(house);
  const sha = await project.commitFile('child.yml', child);
  const { id: user_id } = (await house.api<{ id: number }>('GET', '/user')).body;
  const runner = await projectRunner(house, project.id);
  for (const { at } of others) await house.api('POST', `${at}/runners`, { body: { runner_id: runner.id } });
  return {
    project,
    sha,
    runner,
    /** A pipeline of root's of these jobs. */
    start: (...jobs: PlannedJob[]) => house.start({ id: project.id, user_id }, jobs, { sha, ref: 'main' }),
  };
}

/** How to look at bridges and pipelines of a project (`at`: `/projects/1`), asked of `api`, which may not be open yet. */
export function bridgeViews(api: () => Api) {
  const bridgesOf = async ({ at }: { at: string }, pipeline: number) =>
    (await api()<BridgeBody[]>('GET', `${at}/pipelines/${pipeline}/bridges`)).body;
  return {
    bridgesOf,
    statusOf: async ({ at }: { at: string }, pipeline: number) =>
      (await api()<PipelineBody>('GET', `${at}/pipelines/${pipeline}`)).body.status,
    /** The pipeline's bridge, the only one, once it is as is said. */
    bridgeThat: async (project: { at: string }, pipeline: number, status: string): Promise<BridgeBody> => {
      await expect
        .poll(async () => (await bridgesOf(project, pipeline)).map((each) => each.status))
        .toEqual([status]);
      return (await bridgesOf(project, pipeline))[0]!;
    },
    /** The pipeline's jobs with their statuses: `unit failed, after skipped`. */
    jobsOf: async ({ at }: { at: string }, pipeline: number) => {
      const { body } = await api()<{ name: string; status: string }[]>(
        'GET',
        `${at}/pipelines/${pipeline}/jobs?sort=asc`,
      );
      return body.map(({ name, status }) => `${name} ${status}`).join(', ');
    },
  };
}

/** The runner takes the job of this name, and ends it. */
export async function run(
  runner: SimulatedRunner,
  name: string,
  state: 'success' | 'failed',
  { archive }: { archive?: Buffer } = {},
): Promise<JobPayload> {
  const { job } = await runner.request();
  expect(job?.job_info.name).toBe(name);
  await runner.running(job!);
  if (archive) await runner.artifact(job!, archive);
  await runner.finish(job!, state);
  return job!;
}
