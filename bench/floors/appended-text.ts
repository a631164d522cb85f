/** A bare node:http server: what is sent to it by PATCH, a page appends to itself at once, told by server-sent events. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PAGE = `<!doctype html><title>A log</title><pre id="log"></pre><script>
  new EventSource('/stream').onmessage = ({ data }) => document.getElementById('log').append(JSON.parse(data));
</script>`;
const followers = new Set<ServerResponse>();

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  if (request.url === '/stream') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': here\n\n');
    followers.add(response);
    request.once('close', () => followers.delete(response));
  } else if (request.method === 'PATCH') {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const data = JSON.stringify(Buffer.concat(chunks).toString());
      for (const follower of followers) follower.write(`data: ${data}\n\n`);
      response.writeHead(202, { 'Content-Length': 0 }).end();
    });
  } else response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
