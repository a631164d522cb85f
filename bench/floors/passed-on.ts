/** A bare node:http server with a page that shows which press of its button was the last, on whichever page that was. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PAGE = `<!doctype html><title>Bare</title><button>Press</button><script type="module">
const button = document.querySelector('button');
new EventSource('/events').onmessage = ({ data }) => { button.dataset.last = data; };
button.onclick = () => fetch('/press', { method: 'POST' });
</script>`;

const open = new Set<ServerResponse>();
let presses = 0;
const server = createServer((request, response) => {
  if (request.url === '/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(`data: ${presses}\n\n`);
    open.add(response);
    request.on('close', () => open.delete(response));
  } else if (request.method === 'POST') {
    presses++;
    for (const each of open) each.write(`data: ${presses}\n\n`);
    response.writeHead(204).end();
  } else response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
