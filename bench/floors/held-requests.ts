/** A bare node:http server that holds every GET, and answers one of them for every POST. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const held: ServerResponse[] = [];
/** POSTs that came before what they answer. */
let early = 0;

const answer = (response: ServerResponse) => response.writeHead(200, { 'Content-Length': 2 }).end('ok');

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  if (request.method === 'GET') {
    if (early === 0) held.push(response);
    else {
      early--;
      answer(response);
    }
    return;
  }
  const oldest = held.shift();
  if (oldest) answer(oldest);
  else early++;
  answer(response);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
