import { resolve } from 'node:path';
import { apiRoutes } from './api/index.ts';
import { JobPages } from './api/job-pages.ts';
import { openApiRoutes } from './api/openapi.ts';
import { BuiltInRunner } from './built-in-runner.ts';
import type { Config } from './config.ts';
import { firstStart, prepareDataFolder, type RootCredentials } from './first-start.ts';
import { mountGit } from './git-http/mount-git.ts';
import { createApp } from './http/app.ts';
import { replyErrors } from './http/error-replies.ts';
import { createLog } from './http/log.ts';
import { mountRoutes } from './http/mount.ts';
import type { Route } from './http/route.ts';
import { listen } from './http/listen.ts';
import { type Compile, Opened, openParts } from './open-parts.ts';
import type { Parts } from './parts.ts';
import { runnerApiRoutes } from './runner-api/index.ts';
import { ensureBuiltInRunner } from './runners/built-in-runner.ts';
import { mountWeb } from './web-host/mount-web.ts';

/** What `npm run build` makes. */
const WEB_APP = resolve(import.meta.dirname, '../web/dist');

export interface Server {
  /** The address users see. */
  url: string;
  /** Only at the first start of a data folder or database. */
  root: RootCredentials | null;
  routes: readonly Route[];
  /** For a program that has the server within itself, as `jobyard run`. */
  parts: Parts;
  /** Ends the built-in runner's jobs, takes no more work, answers what is under way, closes. */
  close(): Promise<void>;
}

/**
 * The composition root: opens the parts, mounts the edges, listens.
 * @throws StartError with one line that says what to do
 * @param steady what `clock` is held against, to tell its jumps from time that passes
 * @param compileWith what becomes of each configuration that is compiled for a pipeline
 */
export async function startServer(
  config: Config,
  clock: () => number = Date.now,
  steady: () => number = () => performance.now(),
  compileWith: (compile: Compile) => Compile = (compile) => compile,
): Promise<Server> {
  prepareDataFolder(config.data);
  const log = createLog(config.log_level, config.log_file);
  const opened = new Opened();
  try {
    let url = '';
    const { parts, worker, stopCompiling } = await openParts(
      { config, clock, steady, log, url: () => url, compileWith },
      opened,
    );
    const { db } = parts;
    const pages = new JobPages(db, config.data);
    opened.add(() => pages.close());
    parts.metrics.watch('jobyard_page_threads', 'Threads that read pages of jobs', () => pages.threads);
    parts.metrics.watch(
      'jobyard_event_streams',
      'Streams of events that are followed',
      () => parts.events.followers,
    );
    const app = createApp(log, parts.metrics);
    opened.add(() => app.close());
    const routes: Route[] = [...apiRoutes(parts, pages), ...runnerApiRoutes(parts)];
    routes.push(...openApiRoutes(() => routes));
    mountRoutes(app, routes, {
      db,
      clock,
      // Only tests ask for it, and it takes as long to load as all our routes.
      checkReply: config.check_replies ? (await import('./http/reply-check.ts')).checkReply : null,
      bodyTimeout: config.limits.request_body,
      session: { idle: config.limits.session_expire_delay, url: parts.url },
    });
    mountGit(app, parts);
    replyErrors(
      app,
      routes,
      log,
      mountWeb(app, WEB_APP, () => parts.events.expect()),
    );
    const local = await listen(app, config);
    url = config.url ?? local;
    await worker.start();
    opened.add(() => worker.stop());
    if (config.runner) {
      const { id, token } = await ensureBuiltInRunner(db, clock());
      const { data, runner_concurrent: concurrent, own_jobs: own } = config;
      const runner = new BuiltInRunner({ url: local, id, token, data, concurrent, own, log });
      opened.add(() => runner.stop());
      runner.start();
    }
    // First of all that ends: others wait for what is being compiled.
    opened.add(async () => stopCompiling());
    // Last: were root made by a start that then fails, nobody would be told its password and token.
    const given = { password: config.root_password, token: config.root_token };
    const root = await firstStart(db, config.data, given, clock());
    return { url, root, routes, parts, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
