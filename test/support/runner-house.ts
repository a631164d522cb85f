import { expect } from 'vitest';
import { createRootUser } from '../../src/access/create-root-user.ts';
import { PREFIX } from '../../src/access/token.ts';
import { apiRoutes } from '../../src/api/index.ts';
import { JobPages } from '../../src/api/job-pages.ts';
import type { PlannedJob } from '../../src/ci/plan.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { prepareDataFolder } from '../../src/first-start.ts';
import { createApp } from '../../src/http/app.ts';
import { replyErrors } from '../../src/http/error-replies.ts';
import { createLog } from '../../src/http/log.ts';
import { mountRoutes } from '../../src/http/mount.ts';
import { checkReply } from '../../src/http/reply-check.ts';
import { listen } from '../../src/http/listen.ts';
import { Opened, openParts } from '../../src/open-parts.ts';
import type { Parts } from '../../src/parts.ts';
import { runnerApiRoutes } from '../../src/runner-api/index.ts';
import { createRunner } from '../../src/runners/create-runner.ts';
import type { RunnerAttributes } from '../../src/runners/runner-attributes.ts';
import { afterEachFile } from './after-each-file.ts';
import { type Api, apiOf } from './api.ts';
import type { DatabaseKind } from './databases.ts';
import { createProject, type PipelineDetails, START, startedPipeline } from './pipelines.ts';
import { createTestDatabase } from './postgres.ts';
import { SimulatedRunner } from './simulated-runner.ts';
import { placeSqlite } from './sqlite-template.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A server whose pipelines are made in the database, without git: what the runner protocol needs of one. */
export interface RunnerHouse {
  url: string;
  parts: Parts;
  rootToken: string;
  /** Calls the REST API, as root unless said. */
  api: Api;
  /**
   * A pipeline of these jobs, those of the first stage pending from now on: had they been that since START, a clock that
   * has gone ahead would have them given up at any moment. Answers its id.
   */
  start(
    project: { id: number; user_id: number },
    jobs: PlannedJob[],
    details?: PipelineDetails,
  ): Promise<number>;
  /** Milliseconds that the server's clock is ahead of ours; at first it shows START. */
  ahead: number;
  /** Milliseconds by which the server's clock has jumped besides, while no time passed. */
  jumped: number;
  close(): Promise<void>;
  /** Closes it and opens another on the same data; the runners of the first must be told its address. */
  restart(): Promise<RunnerHouse>;
}

const running = new Set<RunnerHouse>();
const ROOT_TOKEN = 'glpat-root-of-the-runner-house';
let count = 0;

export async function openRunnerHouse(
  database: DatabaseKind,
  limits: Partial<Config['limits']> = {},
  given: Partial<Omit<Config, 'limits'>> = {},
): Promise<RunnerHouse> {
  const data = given.data ?? temporaryFolder();
  const defaults = readConfig(['--port', '0', '--data', data, '--runner', 'off', '--log-level', 'error'], {});
  const config: Config = {
    ...defaults,
    check_replies: true,
    ...given,
    database_url: database === 'postgres' ? await createTestDatabase() : null,
    limits: { ...defaults.limits, ...limits },
  };
  prepareDataFolder(data);
  if (database === 'sqlite' && !given.data) await placeSqlite(data);
  const house = await open(config, START - Date.now());
  await createRootUser(house.parts.db, { password: null, token: ROOT_TOKEN }, house.parts.clock());
  return house;
}

async function open(config: Config, ahead: number): Promise<RunnerHouse> {
  const opened = new Opened();
  const house = { ahead, jumped: 0, url: '' };
  const clock = () => Date.now() + house.ahead + house.jumped;
  const steady = () => performance.now() + house.ahead;
  const log = createLog(config.log_level);
  const { parts, worker } = await openParts({ config, clock, steady, log, url: () => house.url }, opened);
  const app = createApp(log, parts.metrics);
  opened.add(() => app.close());
  const pages = new JobPages(parts.db, parts.config.data);
  opened.add(() => pages.close());
  const routes = [...apiRoutes(parts, pages), ...runnerApiRoutes(parts)];
  mountRoutes(app, routes, {
    db: parts.db,
    clock,
    checkReply,
    bodyTimeout: config.limits.request_body,
    session: { idle: config.limits.session_expire_delay, url: parts.url },
  });
  replyErrors(app, routes, log, () => null);
  await worker.start();
  opened.add(() => worker.stop());
  house.url = await listen(app, config);
  const start: RunnerHouse['start'] = (project, jobs, details) =>
    startedPipeline(parts.db, project, jobs, details, clock());
  const whole: RunnerHouse = Object.assign(house, {
    start,
    parts,
    rootToken: ROOT_TOKEN,
    api: apiOf(house.url, ROOT_TOKEN),
    async close() {
      if (running.delete(whole)) await opened.close();
    },
    async restart() {
      await whole.close();
      return open(config, house.ahead + house.jumped);
    },
  });
  running.add(whole);
  return whole;
}

/** For `expect.poll`: what follows a commit is done after the worker has woken. */
export const PATIENT = { interval: 10, timeout: 30_000 };

/** A runner of that project alone; `more`: what it says of its machine. */
export async function projectRunner(
  { parts, url }: RunnerHouse,
  project_id: number,
  attributes: RunnerAttributes = {},
  more?: ConstructorParameters<typeof SimulatedRunner>[2],
): Promise<SimulatedRunner & { id: number }> {
  const made = await createRunner(
    parts.db,
    { runner_type: 'project_type', project_id },
    { ...attributes, creator_id: null, prefix: PREFIX.runner },
    parts.clock(),
  );
  const runner = new SimulatedRunner(url, made.token, more);
  runners.push(runner);
  return Object.assign(runner, { id: made.id });
}

/** A project with a runner of its own, and how to give it jobs. */
export async function moveIn(
  house: RunnerHouse,
  attributes: RunnerAttributes = {},
  features?: Record<string, boolean>,
) {
  const project = await createProject(house.parts.db, { shared_runners_enabled: 0 });
  const addRunner = (given: RunnerAttributes = attributes, system_id = `r_simulated${++count}`) =>
    projectRunner(house, project.id, given, { system_id, ...(features && { features }) });
  return {
    project,
    addRunner,
    runner: await addRunner(),
    /** A pipeline of these jobs, those of the first stage pending. */
    start: (...jobs: PlannedJob[]) => house.start(project, jobs),
  };
}

/** Waits until so many requests for a job are held. */
export async function requestsHeld({ parts }: RunnerHouse, many: number): Promise<void> {
  await expect.poll(() => parts.waiting.size, { interval: 5 }).toBe(many);
}

/** Waits until what follows commits has been done, as far as it is work of this kind. */
export async function workDone({ parts }: RunnerHouse, kind: string): Promise<void> {
  const left = () => parts.db.read.selectFrom('work').select('key').where('kind', '=', kind).execute();
  await expect.poll(left, PATIENT).toEqual([]);
}

const runners: SimulatedRunner[] = [];

// Registered after the hooks of the modules imported above, hence run before them.
afterEachFile(async () => {
  for (const runner of runners.splice(0)) runner.close();
  await Promise.all([...running].map((house) => house.close()));
});
