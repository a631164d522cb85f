import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { advertiseRefs, uploadPack } from '../../src/git-http/fetch.ts';
import { receivePack, type PushCallbacks, type Refusals } from '../../src/git-http/push.ts';
import { decodedBody, isService, protocolOf, type Log } from '../../src/git-http/service.ts';
import type { Repository } from '../../src/git/repository.ts';
import type { RefUpdate } from '../../src/git/update-refs.ts';
import { git, serverAndTree } from './repositories.ts';

/** Every ref may be pushed. */
export const NONE: Refusals = { refused: new Map() };

/** What the server was told of a push, and what it says to it. */
class Pushes implements PushCallbacks {
  readonly asked: { commands: readonly RefUpdate[]; options: readonly string[] }[] = [];
  readonly done: (readonly RefUpdate[])[] = [];
  readonly warnings: string[] = [];
  decide: (commands: readonly RefUpdate[]) => Refusals | Promise<Refusals> = () => NONE;
  conclude: () => readonly string[] | Promise<readonly string[]> = () => [];

  async before(commands: readonly RefUpdate[], options: readonly string[]) {
    this.asked.push({ commands, options });
    return this.decide(commands);
  }

  async after(updated: readonly RefUpdate[]) {
    this.done.push(updated);
    return this.conclude();
  }
}

/** A server of one repository, as thin as the edge that mounts it; with a working tree that has it as origin. */
export async function served() {
  const { repository, tree } = await serverAndTree();
  const pushes = new Pushes();
  const log: Log = { warn: (_, message) => pushes.warnings.push(message) };
  const requests: IncomingMessage[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(incoming);
    answer(repository, pushes, log, incoming, outgoing).catch(() => {
      outgoing.statusCode = 500;
      outgoing.end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/p.git`;
  await git(tree, ['remote', 'set-url', 'origin', url]);
  return { repository, tree, url, pushes, requests, server };
}

async function answer(
  repository: Repository,
  pushes: Pushes,
  log: Log,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) {
  const url = new URL(incoming.url ?? '', 'http://localhost');
  const protocol = protocolOf(incoming.headers['git-protocol']?.toString());
  const service = url.searchParams.get('service') ?? url.pathname.replace('/p.git/', '');
  if (!isService(service)) throw new Error(`no service ${service}`);
  if (incoming.method === 'GET') {
    outgoing.setHeader('content-type', `application/x-${service}-advertisement`);
    outgoing.end(await advertiseRefs(repository, service, protocol));
    return;
  }
  const body = decodedBody(incoming, incoming.headers['content-encoding']);
  if (!body) throw new Error('an unknown encoding');
  const reply =
    service === 'git-upload-pack'
      ? uploadPack(repository, body, { protocol, log })
      : await receivePack(repository, body, pushes, log);
  outgoing.setHeader('content-type', `application/x-${service}-result`);
  reply.pipe(outgoing);
  outgoing.on('close', () => reply.destroy());
}

/** A request that git itself would not make. */
export async function post(url: string, service: string, body: Buffer, headers: Record<string, string> = {}) {
  const outgoing = request(`${url}/${service}`, { method: 'POST', headers });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode, body: await buffer(incoming) };
}

/** A pack with all of a working tree's objects. */
export async function packOf(tree: string): Promise<Buffer> {
  const child = spawn('git', ['pack-objects', '--all', '--stdout', '-q'], { cwd: tree });
  child.stdin.end();
  return buffer(child.stdout);
}
