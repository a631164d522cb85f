/** A bare node:http server that streams the file it is given, whatever is asked. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [file = ''] = process.argv.slice(2);
const { size } = statSync(file);

const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Length': size });
  createReadStream(file, { highWaterMark: 1 << 20 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
