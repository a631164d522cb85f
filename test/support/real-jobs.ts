import type { DatabaseKind } from './databases.ts';
import { commit, gitProject, workTree } from './git-project.ts';
import { git } from './git.ts';
import { bootServer, type TestServer } from './server.ts';
import { until } from './until.ts';

/** Of a job's or bridge's reply, what is looked at here. */
export interface RealJob {
  id: number;
  name: string;
  status: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  failure_reason?: string;
  downstream_pipeline?: { id: number; project_id: number } | null;
}

/** A server whose built-in runner runs what is pushed: nothing here stands in for anything. */
export const realServer = (database: DatabaseKind): Promise<TestServer> =>
  bootServer({ database, config: { runner: true, runner_concurrent: 3 } });

/** A project of it, with a work tree to push from. */
export async function realProject(server: TestServer) {
  const project = await gitProject(server);
  const tree = await workTree(project.remote());
  const { at } = project;
  const pipelineOf = async (pipeline: number, of = at) =>
    (await server.api<{ status: string }>('GET', `${of}/pipelines/${pipeline}`)).body;
  /** Jobs and bridges by name; of several tries the newest. */
  const jobs = async (pipeline: number, of = at): Promise<Record<string, RealJob>> => {
    const both = await Promise.all(
      ['jobs', 'bridges'].map((list) =>
        server.api<RealJob[]>('GET', `${of}/pipelines/${pipeline}/${list}?per_page=100`),
      ),
    );
    return Object.fromEntries(both.flatMap(({ body }) => body).map((job) => [job.name, job]));
  };
  const statuses = async (pipeline: number, of = at) =>
    Object.fromEntries(Object.values(await jobs(pipeline, of)).map(({ name, status }) => [name, status]));
  return {
    ...project,
    jobs,
    statuses,
    /** Pushes these files to the branch; answers the id of its pipeline. */
    push: async (files: Record<string, string>, branch = 'main', message = 'A change') => {
      const sha = await commit(tree, files, message);
      await git(tree, 'push', '--quiet', 'origin', `HEAD:${branch}`);
      const [pipeline] = await project.pipelines(`?sha=${sha}&ref=${branch}`);
      return pipeline?.id ?? 0;
    },
    /** Until the pipeline has this status; says what its jobs were doing if it does not come to that. */
    pipelineIs: async (pipeline: number, wanted: string, of = at) => {
      let seen = '';
      await until(
        `pipeline ${pipeline} is ${wanted}`,
        async () => {
          const { status } = await pipelineOf(pipeline, of);
          seen = `${status}: ${JSON.stringify(await statuses(pipeline, of))}`;
          return status === wanted ? true : undefined;
        },
        60,
        () => seen,
      );
    },
    /** Until the job is as said. */
    jobIs: async (pipeline: number, name: string, wanted: string, seconds?: number) =>
      await until(
        `${name} is ${wanted}`,
        async () => {
          const job = (await jobs(pipeline))[name];
          return job?.status === wanted ? job : undefined;
        },
        seconds,
      ),
    /** Empty as long as there is none. */
    log: async (job: RealJob | undefined, of = at) => {
      const { status, body } = await server.api<string>('GET', `${of}/jobs/${job?.id}/trace`);
      return status === 200 ? body : '';
    },
    play: async (job: RealJob | undefined) => (await server.api('POST', `${at}/jobs/${job?.id}/play`)).status,
  };
}
