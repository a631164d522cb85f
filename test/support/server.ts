import { type Config, readConfig } from '../../src/config.ts';
import { type Server, startServer } from '../../src/server.ts';
import { keepThreads } from '../../src/threads/worker-thread.ts';
import { afterEachFile } from './after-each-file.ts';
import { type Api, apiOf } from './api.ts';
import type { DatabaseKind } from './databases.ts';
import { createTestDatabase } from './postgres.ts';
import { ROOT, tellOfRoot } from './root.ts';
import { placeSqlite } from './sqlite-template.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface BootOptions {
  /** SQLite unless said. */
  database?: DatabaseKind;
  /** What differs from the defaults: port 0, the built-in runner off, replies checked, errors logged. */
  config?: Partial<Omit<Config, 'limits'>> & { limits?: Partial<Config['limits']> };
  /** Milliseconds since 1970, to let a test set the time. */
  clock?: () => number;
  /** What the clock is held against: unless said the clock itself, which then does not jump, time passes. */
  steady?: () => number;
}

export interface TestServer {
  /** Without a slash at its end. */
  url: string;
  rootToken: string;
  rootPassword: string;
  /** The folder of database, repositories, logs. */
  data: string;
  routes: Server['routes'];
  /** Calls the REST API, as root unless said. */
  api: Api;
  /** What it was started with, to start a second one on the same data. */
  config: Config;
  close(): Promise<void>;
}

const running = new Set<TestServer>();
const OF_ROOT = ['root_token', 'root_password'];

keepThreads();

/**
 * Boots Jobyard in this process on a free port, with a data folder of its own (or that of `config.data`).
 * It is closed after the test file at the latest.
 */
export async function bootServer({
  database,
  config,
  clock,
  steady = clock,
}: BootOptions = {}): Promise<TestServer> {
  const data = config?.data ?? temporaryFolder();
  const defaults = readConfig(['--port', '0', '--data', data, '--runner', 'off', '--log-level', 'error'], {});
  const isFresh = !config?.data && !config?.database_url;
  // Root has then been made before, at the real time; some tests have another one, or none yet.
  const withRoot = isFresh && !clock && !OF_ROOT.some((name) => config && name in config);
  const whole: Config = {
    ...defaults,
    root_token: ROOT.token,
    root_password: ROOT.password,
    check_replies: true,
    database_url:
      database === 'postgres' ? (config?.database_url ?? (await createTestDatabase({ withRoot }))) : null,
    ...config,
    limits: { ...defaults.limits, ...config?.limits },
  };
  if (whole.database_url === null && !config?.data) await placeSqlite(data, { withRoot });
  if (withRoot) tellOfRoot(data);
  const { url, routes, close } = await startServer(whole, clock, steady);
  const rootToken = whole.root_token ?? '';
  const server: TestServer = {
    url,
    rootToken,
    rootPassword: whole.root_password ?? '',
    data,
    routes,
    api: apiOf(url, rootToken),
    config: whole,
    async close() {
      if (running.delete(server)) await close();
    },
  };
  running.add(server);
  return server;
}

// Registered after the hooks of the modules imported above, hence run before them: the server closes first.
afterEachFile(async () => {
  await Promise.all([...running].map((server) => server.close()));
});
