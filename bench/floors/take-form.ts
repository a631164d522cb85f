/** A bare node:http server that reads a form, hashes the file in it, writes it, syncs it and answers 201. */
import { createHash } from 'node:crypto';
import { createWriteStream, fdatasync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';

const [folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
let count = 0;

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const form = new Busboy({
    headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
  });
  form.on('file', (_name: string, part: Readable) => {
    const hash = createHash('sha256');
    const file = createWriteStream(join(folder, String(++count)), { flush: false, highWaterMark: 1 << 20 });
    let descriptor = 0;
    file.once('open', (opened) => (descriptor = opened));
    part.on('data', (bytes: Buffer) => {
      hash.update(bytes);
      if (!file.write(bytes)) part.pause();
    });
    file.on('drain', () => part.resume());
    part.on('end', () => {
      file.write('', () =>
        fdatasync(descriptor, () => {
          file.end();
          const digest = hash.digest('hex');
          response.writeHead(201, { 'Content-Length': digest.length }).end(digest);
        }),
      );
    });
  });
  request.pipe(form);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
