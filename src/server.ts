import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { apiRoutes } from './api/index.ts';
import { ArchiveIndexes } from './artifacts/archive-index.ts';
import { expireArtifacts, expireProjects } from './artifacts/expire-artifacts.ts';
import { deleteBlobs } from './blobs/blob-ownership.ts';
import { BlobStore } from './blobs/blob-store.ts';
import { BuiltInRunner } from './built-in-runner.ts';
import type { Config } from './config.ts';
import { openDatabase } from './db/dialect.ts';
import { migrate } from './db/migrate.ts';
import { StartError } from './errors.ts';
import { firstStart, prepareDataFolder, type RootCredentials, secretFile } from './first-start.ts';
import { Repositories } from './git/repository.ts';
import { createApp } from './http/app.ts';
import { replyErrors } from './http/error-replies.ts';
import { createLog } from './http/log.ts';
import { createMetrics } from './http/metrics.ts';
import { mountRoutes } from './http/mount.ts';
import type { Route } from './http/route.ts';
import type { Parts } from './parts.ts';
import { LiveLogs } from './traces/live-logs.ts';
import { sealTraces, sweepLogs } from './traces/seal-trace.ts';
import { startPipelines } from './pipelines/start-pipeline.ts';
import { REVISION, VERSION } from './version.ts';
import { Worker } from './work/worker.ts';

export interface Server {
  /** The address users see. */
  url: string;
  /** Only at the first start of a data folder or database. */
  root: RootCredentials | null;
  routes: readonly Route[];
  /** Stops asking for work, ends the built-in runner's jobs, answers what is under way, closes. */
  close(): Promise<void>;
}

/**
 * The composition root: opens the database, builds the parts, mounts the edges, listens.
 * @throws StartError with one line that says what to do
 */
export async function startServer(config: Config, clock: () => number = Date.now): Promise<Server> {
  prepareDataFolder(config.data);
  const log = createLog(config.log_level);
  const db = await openDatabase(config.data, config.database_url);
  const opened: (() => Promise<void>)[] = [() => db.close()];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    await migrate(db);
    const given = { password: config.root_password, token: config.root_token };
    const root = await firstStart(db, config.data, given, clock());
    const metrics = createMetrics();
    const app = createApp(log, metrics);
    opened.push(() => app.close());
    const repositories = new Repositories(join(config.data, 'repositories'), config.search_path);
    opened.push(() => repositories.close());
    const report = (message: string, error: unknown) => log.error({ err: error }, message);
    const blobs = await BlobStore.open(config.blobs, clock());
    const logs = await LiveLogs.open(join(config.data, 'traces'), {
      maxSize: config.limits.trace_size,
      report,
    });
    opened.push(() => logs.close());
    const worker = new Worker(db, { clock, report })
      .handle(...deleteBlobs(blobs))
      .handle(...sealTraces(db, blobs, logs, clock))
      .handle(...expireProjects(db))
      .handle(...startPipelines(db, repositories, clock))
      .addRepeating(...expireArtifacts(db, clock));
    const secretKey = secretFile(config.data, 'secret-key');
    let url = '';
    const parts: Parts = {
      db,
      clock,
      log,
      metrics,
      repositories,
      blobs,
      logs,
      indexes: new ArchiveIndexes(blobs),
      secretKey,
      pipelineSettings: () => ({
        server: { url, version: VERSION, revision: REVISION },
        secret_key: secretKey,
      }),
      limits: config.limits,
      config,
      url: () => url,
    };
    const routes = apiRoutes(parts);
    mountRoutes(app, routes, { db, clock, checkReplies: config.check_replies });
    replyErrors(app, routes, log);
    await sweepLogs(db, logs, clock());
    await worker.start();
    opened.push(() => worker.stop());
    await listen(() => app.listen({ host: config.host, port: config.port }), config);
    const { port } = app.server.address() as AddressInfo;
    const local = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
    url = config.url ?? local;
    return { url, root, routes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(start: () => Promise<unknown>, { host, port }: Config): Promise<void> {
  try {
    await start();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE')
      throw new StartError(
        `Port ${port} on ${host} is in use: stop what listens there, or choose another with --port N.`,
      );
    if (code === 'EACCES')
      throw new StartError(
        `Port ${port} needs more rights than this user has: choose one above 1023 with --port N.`,
      );
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartError(`${host} is not an address of this machine: choose another with --host ADDRESS.`);
    throw error;
  }
}
