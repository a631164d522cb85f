/**
 * A bare node:http server that appends what it is sent to a file for each path, answers 202, and syncs the files
 * that have changed every second.
 */
import { mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const [folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const files = new Map<string, Promise<FileHandle>>();
const changed = new Set<FileHandle>();

async function append(request: IncomingMessage, bytes: Buffer): Promise<void> {
  const name = (request.url ?? '').replaceAll(/\W/g, '_');
  let opened = files.get(name);
  if (!opened) files.set(name, (opened = open(join(folder, name), 'a')));
  const file = await opened;
  await file.write(bytes);
  changed.add(file);
}

setInterval(() => {
  for (const file of changed) void file.datasync();
  changed.clear();
}, 1000).unref();

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    void append(request, Buffer.concat(parts)).then(() =>
      response.writeHead(202, { 'Content-Length': 0 }).end(),
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
