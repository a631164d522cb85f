/** A bare node:http server before `git http-backend`: one repository, anybody may push. */
import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const [folder = ''] = process.argv.slice(2);
const repository = join(folder, 'bench.git');
execFileSync('git', ['init', '-q', '--bare', '-b', 'main', repository]);
execFileSync('git', ['-C', repository, 'config', 'http.receivepack', 'true']);
execFileSync('git', ['-C', repository, 'config', 'receive.advertisePushOptions', 'true']);

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: request.headers['git-protocol']?.toString(),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  request.pipe(backend.stdin);
  const parts: Buffer[] = [];
  backend.stdout.on('data', (part: Buffer) => parts.push(part));
  backend.once('close', () => {
    const reply = Buffer.concat(parts);
    const end = reply.indexOf('\r\n\r\n');
    const headers = reply.toString('latin1', 0, end).split('\r\n');
    const pairs = headers.map((line) => /^([^:]+): *(.*)$/.exec(line)?.slice(1) ?? []);
    const { Status = '200', ...rest } = Object.fromEntries(pairs) as Record<string, string>;
    response.writeHead(Number.parseInt(Status, 10), rest).end(reply.subarray(end + 4));
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
