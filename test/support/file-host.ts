import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface FileHost {
  /** Without a slash at its end. */
  url: string;
  port: number;
  /** What was asked for, in order. */
  requests: Pick<IncomingMessage, 'url' | 'method' | 'headers'>[];
}

/** A web server on loopback that answers so, until the test file ends. */
export async function fileHost(answer: RequestListener): Promise<FileHost> {
  const requests: FileHost['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ url: request.url, method: request.method, headers: request.headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, requests };
}
