import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Api, type ApiRequest, apiOf } from '../../test/support/api.ts';
import { LeanRunner } from '../frame/lean-runner.ts';
import { type ServerProcess, startJobyard } from '../frame/server-process.ts';

/** The tag of the jobs that our runners take; they take no others. */
export const OURS = 'bench';

/** A new server with one project, made as its users make them: over the API. */
export interface Yard {
  server: ServerProcess;
  /** An administrator's. */
  token: string;
  /** Root's. */
  password: string;
  project: { id: number; path_with_namespace: string; http_url_to_repo: string };
  /** Calls the API. @throws Error unless it succeeds */
  ask<Body>(method: string, path: string, body?: ApiRequest['body']): Promise<Body>;
  /** Commits a configuration to this branch, which begins here, without a pipeline. */
  configure(branch: string, yaml: string): Promise<void>;
  /** A pipeline of this branch, and its jobs. */
  createPipeline(branch: string): Promise<{ id: number }>;
  /** The numbers of all jobs of a pipeline, the newest first. */
  jobsOf(pipeline: { id: number }): Promise<number[]>;
  /** A runner of its own for each lane. */
  runners(count: number): Promise<LeanRunner[]>;
  close(): Promise<void>;
}

const PAGE = 100;

export async function openYard(folder: string): Promise<Yard> {
  const data = join(folder, 'yard');
  mkdirSync(data);
  const server = await startJobyard(data);
  const token = readFileSync(join(data, 'root-token'), 'utf8').trim();
  const password = readFileSync(join(data, 'root-password'), 'utf8').trim();
  const ask = askOf(apiOf(server.url, token));
  const project = await ask<Yard['project']>('POST', '/projects', { name: 'bench' });
  const path = `/projects/${project.id}`;
  const opened: LeanRunner[] = [];
  let first = true;
  return {
    server,
    token,
    password,
    project,
    ask,
    async configure(branch, yaml) {
      await ask('POST', `${path}/repository/commits`, {
        branch,
        ...(first ? {} : { start_branch: 'main' }),
        commit_message: 'Configure [skip ci]',
        actions: [{ action: first ? 'create' : 'update', file_path: '.gitlab-ci.yml', content: yaml }],
      });
      first = false;
    },
    createPipeline: (branch) => ask('POST', `${path}/pipeline`, { ref: branch }),
    async jobsOf({ id }) {
      const ids: number[] = [];
      for (let page = 1; ids.length === (page - 1) * PAGE; page++)
        for (const job of await ask<{ id: number }[]>(
          'GET',
          `${path}/pipelines/${id}/jobs?per_page=${PAGE}&page=${page}`,
        ))
          ids.push(job.id);
      return ids;
    },
    async runners(count) {
      const runners: LeanRunner[] = [];
      for (let index = 0; index < count; index++) {
        const made = await ask<{ token: string }>('POST', '/user/runners', {
          runner_type: 'instance_type',
          run_untagged: false,
          tag_list: OURS,
        });
        runners.push(new LeanRunner(server.url, made.token));
      }
      opened.push(...runners);
      return runners;
    },
    async close() {
      for (const runner of opened) runner.close();
      await server.stop();
    },
  };
}

const askOf =
  (api: Api): Yard['ask'] =>
  async <Body>(method: string, path: string, body?: ApiRequest['body']) => {
    const reply = await api<Body>(method, path, body === undefined ? {} : { body });
    if (reply.status >= 300)
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };

/** The YAML of a job `name` that stands `count` times in its pipeline; `more` are further keys of it. */
export const parallelJob = (name: string, count: number, tag: string, more: Record<string, unknown> = {}) =>
  `${name}: ${JSON.stringify({ parallel: Math.max(2, Math.ceil(count)), tags: [tag], script: ['make'], ...more })}\n`;

const partsOf = (stage: string, of: string[]) => ({
  stage,
  tags: ['other'],
  parallel: { matrix: [{ PART: of, SYSTEM: ['linux', 'macos'] }] },
  variables: { DEPTH: '20', CACHE: `$CI_COMMIT_REF_SLUG-$PART` },
  rules: [{ if: '$CI_COMMIT_BRANCH' }],
  script: ['npm ci', `npm run ${stage} -- --part "$PART"`],
  artifacts: { paths: ['out/$PART'], expire_in: '1 week' },
});

/** As many jobs as a pipeline of a monorepo has, two after each other for each of many parts; for other runners. */
export function largePipeline(jobs: number): string {
  const parts = Array.from({ length: Math.max(2, Math.ceil(jobs / 20)) }, (_, index) => `part-${index}`);
  const groups = Array.from({ length: 5 }, (_, index) => index);
  const share = (index: number) => parts.map((part) => `${part}-${index}`);
  return JSON.stringify({
    stages: ['build', 'test'],
    ...Object.fromEntries(
      groups.flatMap((index) =>
        ['build', 'test'].map((stage) => [`${stage} ${index}`, partsOf(stage, share(index))]),
      ),
    ),
  });
}

/** As many jobs in ten stages, each of which needs one of the stage before and the last of that; for other runners. */
export function chainedPipeline(jobs: number): string {
  const perStage = Math.max(2, Math.ceil(jobs / 10));
  const stages = Array.from({ length: 10 }, (_, stage) => `s${stage}`);
  const nameOf = (stage: number, index: number) => `job ${stage * perStage + index}`;
  return JSON.stringify({
    stages,
    ...Object.fromEntries(
      stages.flatMap((stage, at) =>
        Array.from({ length: perStage }, (_, index) => [
          nameOf(at, index),
          {
            stage,
            tags: ['other'],
            script: ['make'],
            needs: at === 0 ? [] : [...new Set([nameOf(at - 1, index), nameOf(at - 1, perStage - 1)])],
          },
        ]),
      ),
    ),
  });
}
