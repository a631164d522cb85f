import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;
const TRIES = 100;

/** nginx with one worker that serves the files of `folder` with sendfile; null where there is none. */
export async function startNginx(folder: string): Promise<{ url: string; stop(): Promise<void> } | null> {
  const env = { ...process.env, PATH };
  if (spawnSync('nginx', ['-v'], { env }).status !== 0) return null;
  const own = join(folder, 'nginx');
  mkdirSync(own);
  // When we are root its worker is somebody else, who must be able to read the files.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const paths = temporary.map((kind) => `${kind}_temp_path ${join(own, kind)};`);
  const configuration = `daemon off; worker_processes 1; pid ${join(own, 'pid')}; error_log stderr;
    events { worker_connections 64; }
    http { ${paths.join(' ')} access_log off; sendfile on; tcp_nopush on;
      server { listen 127.0.0.1:${port}; root ${folder}; } }`;
  const file = join(own, 'nginx.conf');
  writeFileSync(file, configuration);
  const child = spawn('nginx', ['-p', own, '-c', file], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  for (let left = TRIES; !(await answers(port)); left--) {
    if (left === 0 || child.exitCode !== null) throw new Error('nginx does not answer');
    await wait(20);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
