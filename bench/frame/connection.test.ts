import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Connection, requestBytes } from './connection.ts';

test('an exchange over a connection that the server has closed meanwhile fails, and does not wait for ever', async () => {
  const server = createServer((_request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const connection = await Connection.open(`http://127.0.0.1:${port}`);
    const get = requestBytes('GET', '/', {});
    expect((await connection.exchange(get)).body.toString()).toBe('ok');
    server.closeAllConnections();
    await expect
      .poll(() =>
        connection.exchange(get).then(
          () => 'answered',
          (error: Error) => error.message,
        ),
      )
      .toBe('the server has closed the connection');
  } finally {
    server.close();
  }
});
