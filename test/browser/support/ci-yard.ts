import { expect } from 'vitest';
import type { TestServer } from '../../support/server.ts';
import { type JobPayload, SimulatedRunner } from '../../support/simulated-runner.ts';

/** A project whose pipeline has begun, and its jobs. */
export interface Yard {
  id: number;
  /** `root/yard-1` */
  path: string;
  /** Ids of its jobs by name. */
  jobs: Record<string, number>;
  /** The address of a job's page. */
  page: (job: string) => string;
  status: (job: string) => Promise<string>;
  /** Takes the job with the tag `simulated`, as a runner that does what the test says. */
  take: () => Promise<Taken>;
}

/** A job that a simulated runner has. */
export interface Taken {
  payload: JobPayload;
  /** Writes more of the log. */
  write: (text: string | Uint8Array, how?: { debug?: boolean }) => Promise<void>;
  /** Ends with another checksum than that of what was written: all of the log is to be sent again. */
  beginAgain: () => Promise<void>;
  upload: (zip: Uint8Array, query?: Record<string, string>) => Promise<void>;
  finish: (state: 'success' | 'failed', more?: object) => Promise<void>;
}

let count = 0;

/** Commits this configuration to a project of its own. */
export async function ciYard({ api, url }: TestServer, config: string): Promise<Yard> {
  const made = async <Body>(path: string, body: object): Promise<Body> => {
    const reply = await api<Body>('POST', path, { body });
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    return reply.body;
  };
  const { id, path_with_namespace: path } = await made<{ id: number; path_with_namespace: string }>(
    '/projects',
    {
      name: `yard-${++count}`,
    },
  );
  const { token } = await made<{ token: string }>('/user/runners', {
    runner_type: 'project_type',
    project_id: id,
    description: 'Simulated',
    tag_list: 'simulated',
    run_untagged: false,
  });
  await made(`/projects/${id}/repository/commits`, {
    branch: 'main',
    commit_message: 'What is to be done',
    actions: [{ action: 'create', file_path: '.gitlab-ci.yml', content: config }],
  });
  const { body: pipelines } = await api<{ id: number; status: string }[]>('GET', `/projects/${id}/pipelines`);
  const { body: jobs } = await api<{ id: number; name: string }[]>(
    'GET',
    `/projects/${id}/pipelines/${pipelines[0]?.id}/jobs?per_page=100`,
  );
  const ids = Object.fromEntries(jobs.map((job) => [job.name, job.id]));
  const runner = new SimulatedRunner(url, token);
  return {
    id,
    path,
    jobs: ids,
    page: (job) => `/${path}/-/jobs/${ids[job] ?? 0}`,
    status: async (job) =>
      (await api<{ status: string }>('GET', `/projects/${id}/jobs/${ids[job]}`)).body.status,
    take: async () => {
      const { job: payload } = await runner.request();
      if (!payload) throw new Error('there is no job to take');
      await runner.running(payload);
      let size = 0;
      const chunks: Uint8Array[] = [];
      return {
        payload,
        write: async (text, { debug = false } = {}) => {
          const bytes = Buffer.from(text);
          const { status, body } = await runner.patch(payload, bytes, size, `?debug_trace=${debug}`);
          expect(status, body.toString()).toBe(202);
          size += bytes.length;
          chunks.push(bytes);
        },
        beginAgain: async () => {
          const { status } = await runner.finish(payload, 'success', 'not what was written');
          expect(status).toBe(412);
          size = 0;
          chunks.splice(0);
        },
        upload: async (zip, query) => {
          const { status, body } = await runner.artifact(payload, zip, query);
          expect(status, body.toString()).toBe(201);
        },
        finish: async (state, more) => {
          const { status } = await runner.finish(payload, state, Buffer.concat(chunks), more);
          expect(status).toBe(200);
        },
      };
    },
  };
}
