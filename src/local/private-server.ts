import { randomBytes } from 'node:crypto';
import { type Config, type OwnJobs, readConfig } from '../config.ts';
import { StartError } from '../errors.ts';
import type { Compile } from '../open-parts.ts';
import { findProject, type Project } from '../projects/project-store.ts';
import { type Server, startServer } from '../server.ts';
import { ApiClient, ApiRefusal } from './api-client.ts';
import type { RunFolder } from './run-folder.ts';
import type { WorkTree } from './work-tree.ts';

/** A server of one project, for as long as a run lasts; on loopback, with a token that nobody else knows. */
export interface PrivateServer {
  server: Server;
  api: ApiClient;
  project: Project;
  /** Of its repository. */
  repository: string;
}

export interface PrivateOptions {
  folder: RunFolder;
  concurrency: number;
  /** Whether jobs are run at all. */
  runner: boolean;
  own_jobs: OwnJobs;
  compileWith: (compile: Compile) => Compile;
}

/** Of whatever may come, so that what a job says is seen soon and its cancel heard of. */
const LIMITS = { trace_update_interval: 1, trace_update_interval_watched: 1, job_request_hold: 5000 };

/** @throws StartError with one line that says what to do */
export async function startPrivateServer(
  tree: WorkTree,
  { folder, concurrency, runner, own_jobs, compileWith }: PrivateOptions,
  /** What of the project's settings another server knows. */
  settings: Record<string, unknown> = {},
): Promise<PrivateServer> {
  const token = `glpat-${randomBytes(24).toString('base64url')}`;
  const defaults = readConfig(['--port', '0', '--data', folder.data, '--log-level', 'warn'], {
    PATH: own_jobs.search_path,
  });
  const config: Config = {
    ...defaults,
    runner,
    runner_concurrent: concurrency,
    root_token: token,
    log_file: folder.server_log,
    own_jobs,
    // The configuration is the user's own.
    local_requests: ['0.0.0.0/0', '::/0'],
    limits: { ...defaults.limits, ...LIMITS },
  };
  const server = await startServer(config, undefined, undefined, compileWith);
  try {
    const api = new ApiClient(server.url, token);
    const project = await makeProject(server, api, tree, settings);
    return { server, api, project, repository: server.parts.repositories.of(project.id).folder };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** The project under its own path, in groups of these names; under another where that is not to be had here. */
async function makeProject(
  { parts }: Server,
  api: ApiClient,
  { project, default_branch }: WorkTree,
  settings: Record<string, unknown>,
): Promise<Project> {
  const names = project.split('/');
  const path = names.pop() ?? 'project';
  const body = { ...settings, name: path, path, default_branch };
  const places = [
    async () => ({ ...body, namespace_id: await makeGroups(api, names) }),
    async () => body,
    async () => ({ ...body, name: 'project', path: 'project' }),
  ];
  for (const place of places)
    try {
      const { id } = await api.post<{ id: number }>('/projects', await place());
      const found = await findProject(parts.db.read, String(id));
      if (found) return found;
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
    }
  throw new StartError('The private server takes no project of any name.');
}

async function makeGroups(api: ApiClient, names: readonly string[]): Promise<number> {
  let parent_id: number | undefined;
  for (const name of names)
    ({ id: parent_id } = await api.post<{ id: number }>('/groups', {
      name,
      path: name,
      ...(parent_id && { parent_id }),
    }));
  return parent_id ?? 0;
}
