import type { TestServer } from '../../support/server.ts';
import { type JobPayload, SimulatedRunner } from '../../support/simulated-runner.ts';
import { browserProject } from './project.ts';

/**
 * Commits this configuration to a project of its own: its pipeline, and a runner for the jobs with the tag `by-hand`, of
 * which each begins and ends when the test says so.
 */
export async function pipelineOf(server: TestServer, config: string, files: Record<string, string> = {}) {
  const project = await browserProject(server.api, { '.gitlab-ci.yml': config, ...files });
  const newest = async () => (await project.call<{ id: number }[]>('GET', '/pipelines'))[0]?.id ?? 0;
  const pageOf = (pipeline: number) => `/${project.path}/-/pipelines/${pipeline}`;
  const id = await newest();
  const { body } = await server.api<{ token: string }>('POST', '/user/runners', {
    body: { runner_type: 'project_type', project_id: project.id, tag_list: 'by-hand' },
  });
  const runner = new SimulatedRunner(server.url, body.token);
  return {
    project,
    id,
    /** The address of its page. */
    path: pageOf(id),
    /** The same of the project's newest pipeline. */
    newestPath: async () => pageOf(await newest()),
    status: async () => (await project.call<{ status: string }>('GET', `/pipelines/${id}`)).status,
    runner,
    /** Begins the next job. */
    nextJob: async (): Promise<JobPayload> => {
      const { job } = await runner.request();
      if (job === null) throw new Error('there is no job for the runner');
      await runner.running(job);
      return job;
    },
  };
}
