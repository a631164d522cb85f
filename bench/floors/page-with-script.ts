/** A bare node:http server with one page and one script of so many bytes, which puts something onto the page. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const bytes = Number(process.argv[2]);
const page = '<!doctype html><title>Bare</title><main></main><script type="module" src="/only.js"></script>';
const act = "document.querySelector('main').innerHTML = '<p>There</p>';\n";
const script = `${act}//${randomBytes(bytes).toString('hex')}`.slice(0, Math.max(act.length, bytes));

const server = createServer((request, response) => {
  const isScript = request.url === '/only.js';
  response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' });
  response.end(isScript ? script : page);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
