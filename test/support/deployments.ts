import { ciProject } from './ci-project.ts';
import { projectRunner, type RunnerHouse } from './runner-house.ts';
import type { JobPayload } from './simulated-runner.ts';

/** Deploys what is reviewed, and stops it by a job or after a day. */
export const REVIEW = `
deploy:
  stage: build
  script: deploy
  artifacts: {reports: {dotenv: deploy.env}}
  environment:
    name: review/$CI_COMMIT_REF_NAME
    url: https://$SUBDOMAIN.example.com/$CI_ENVIRONMENT_SLUG
    on_stop: stop
    auto_stop_in: 1 day
stop:
  stage: deploy
  script: stop
  when: manual
  environment: {name: review/$CI_COMMIT_REF_NAME, action: stop}
`;

export interface Environment {
  id: number;
  name: string;
  slug: string;
  state: string;
  tier: string;
  external_url: string | null;
  auto_stop_at: string | null;
  last_deployment?: { status: string; sha: string; deployable: { name: string } | null } | null;
}

export interface Deployment {
  id: number;
  iid: number;
  status: string;
  environment: { name: string };
  deployable: { id: number; name: string } | null;
}

interface Job {
  id: number;
  name: string;
  status: string;
  failure_reason?: string;
  user: { username: string };
}

/** A project of root's with a runner of its own, and how to deploy from it. */
export async function moveIn(house: RunnerHouse) {
  const project = await ciProject(house);
  const { parts, api } = house;
  const runner = await projectRunner(house, project.id);
  await parts.db.write((tx) =>
    tx.updateTable('projects').set({ shared_runners_enabled: 0 }).where('id', '=', project.id).execute(),
  );
  const take = async (): Promise<JobPayload> => {
    const { job, status } = await runner.request();
    if (!job) throw new Error(`no job: ${status}`);
    await runner.running(job);
    return job;
  };
  const get = async <T>(path: string) => (await api<T>('GET', project.at + path)).body;
  return {
    project,
    runner,
    take,
    get,
    start: async (ref = 'main') =>
      (await api<{ id: number }>('POST', `${project.at}/pipeline`, { body: { ref } })).body.id,
    jobs: (pipeline: number) => get<Job[]>(`/pipelines/${pipeline}/jobs`),
    environment: async (name: string) =>
      (await get<Environment[]>('/environments')).find((one) => one.name === name),
    ask: <T>(method: string, path: string, body?: object) =>
      api<T>(method, project.at + path, body ? { body } : {}),
  };
}
