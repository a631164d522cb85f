import type { PlannedJob } from '../../src/ci/plan.ts';
import type { JobStatus } from '../../src/jobs/job-state.ts';
import type { Api, ApiReply } from './api.ts';
import { addPerson, type Person } from './people.ts';
import { jobsOf, planned } from './pipelines.ts';
import { moveIn, type RunnerHouse } from './runner-house.ts';
import type { JobPayload, SimulatedRunner } from './simulated-runner.ts';

/** Of a job's reply, what tests look at. */
export interface JobBody {
  id: number;
  name: string;
  status: string;
  pipeline: { id: number; status: string };
  user: { id: number; username: string; is_admin?: boolean } | null;
  artifacts_file: { filename: string; size: number } | null;
  artifacts: { file_type: string; size: number; filename: string; file_format: string }[];
  [field: string]: unknown;
}

/** A job in a project of its own, with a runner that waits for no other. */
export interface JobScene {
  id: number;
  /** `/projects/1` */
  project: string;
  project_id: number;
  pipeline_id: number;
  /** `/projects/1/jobs/2` */
  at: string;
  runner: SimulatedRunner;
  /** What the runner was given, once it has the job. */
  payload: JobPayload | null;
  /** The job as the API answers it to root. */
  read(): Promise<JobBody>;
  /** The status of the job that now stands for this name, and of the pipeline. */
  latest(): Promise<JobBody>;
}

export interface SceneOptions {
  /** How the job differs from one of the stage `stage 1` that runs by itself. */
  job?: Partial<PlannedJob>;
  /** What its runner declares; all that a runner of today does, unless said. */
  features?: Record<string, boolean>;
  /** What the runner leaves before the job ends. */
  log?: string;
  archive?: Buffer;
  upload?: Record<string, string>;
}

/** A job of this status, brought there by its pipeline, its runner and the API. */
export async function jobIn(
  house: RunnerHouse,
  status: JobStatus,
  { job: over = {}, features, log = '', archive, upload }: SceneOptions = {},
): Promise<JobScene> {
  const { project, runner, start } = await moveIn(house, {}, features);
  const { db } = house.parts;
  const behind = ['created', 'skipped', 'waiting_for_resource', 'preparing', 'waiting_for_callback'];
  const jobs = [planned('job', { ...wayTo(status), ...over })];
  if (behind.includes(status)) jobs.unshift(planned('first'));
  const pipeline_id = await start(...jobs);
  const { id } = (await jobsOf(db, pipeline_id))['job']!;
  const at = `/projects/${project.id}/jobs/${id}`;
  const ask = async <Body>(method: string, path: string): Promise<Body> => {
    const { status: code, body } = await house.api<Body>(method, path);
    if (code > 201) throw new Error(`${method} ${path}: ${code} ${JSON.stringify(body)}`);
    return body;
  };
  const scene: JobScene = {
    id,
    project: `/projects/${project.id}`,
    project_id: project.id,
    pipeline_id,
    at,
    runner,
    payload: null,
    read: () => ask('GET', at),
    latest: async () =>
      (await ask<JobBody[]>('GET', `/projects/${project.id}/pipelines/${pipeline_id}/jobs`)).find(
        ({ name }) => name === 'job',
      )!,
  };
  const taken = ['running', 'canceling', 'success', 'failed'];
  if (taken.includes(status)) {
    // A manual job is played first.
    if ((await scene.read()).status === 'manual') await ask('POST', `${at}/play`);
    const { job } = await runner.request();
    await runner.running(job!);
    scene.payload = job;
    if (log) await runner.patch(job!, log);
    if (archive) await runner.artifact(job!, archive, upload);
    if (status === 'success' || status === 'failed') await runner.finish(job!, status, log);
    if (status === 'canceling') await ask('POST', `${at}/cancel`);
  } else if (status === 'canceled') await ask('POST', `${at}/cancel`);
  else if (status === 'skipped') {
    const { job } = await runner.request();
    await runner.running(job!);
    await runner.finish(job!, 'success');
  } else if (behind.includes(status) && status !== 'created')
    await db.write((tx) => tx.updateTable('jobs').set({ status }).where('id', '=', id).execute());
  const found = (await scene.read()).status;
  if (found !== status) throw new Error(`the job is ${found} instead of ${status}`);
  return scene;
}

function wayTo(status: JobStatus): Partial<PlannedJob> {
  if (status === 'manual') return { when: 'manual' };
  if (status === 'scheduled') return { when: 'delayed', start_in: 3600 };
  if (status === 'skipped') return { stage_idx: 2, when: 'on_failure' };
  const behind = ['created', 'waiting_for_resource', 'preparing', 'waiting_for_callback'];
  return behind.includes(status) ? { stage_idx: 2 } : {};
}

const LEVELS = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;

/** Somebody with this role in the project, or `outsider`. */
export async function personWith(
  api: Api,
  role: keyof typeof LEVELS | 'outsider',
  project_id: number,
): Promise<Person> {
  const person = await addPerson(api, role);
  if (role === 'outsider') return person;
  const body = { user_id: person.id, access_level: LEVELS[role] };
  const { status } = await api('POST', `/projects/${project_id}/members`, { body });
  if (status !== 201) throw new Error(`no ${role} for project ${project_id}: ${status}`);
  return person;
}

/** Lets only maintainers (or nobody: level 0) change the branch. */
export async function protectBranch(
  { parts }: RunnerHouse,
  project_id: number,
  name = 'main',
  level = 40,
): Promise<void> {
  const rule = { project_id, name, push_access_level: level, merge_access_level: level };
  await parts.db.write((tx) => tx.insertInto('protected_branches').values(rule).execute());
}

/** Code and body of a refusal, to be compared in one line. */
export const refusal = ({ status, body }: ApiReply<unknown>) => [status, body];

export const FORBIDDEN = [403, { message: '403 Forbidden' }];
export const UNAUTHORIZED = [401, { message: '401 Unauthorized' }];
export const NO_RECORD = [404, { message: '404 Not found' }];
export const NO_PROJECT = [404, { message: '404 Project Not Found' }];
