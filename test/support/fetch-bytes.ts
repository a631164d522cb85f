import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Asks for a path below /api/v4 that is sent as it is written: `fetch` would resolve its dots. */
export function fetchBytes(
  { url, rootToken }: { url: string; rootToken: string },
  path: string,
  given: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
  const { hostname, port } = new URL(url);
  const headers = { 'private-token': rootToken, ...given };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path: `/api/v4${path}`, headers }, (response) => {
      const received = new Headers(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      );
      buffer(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 0, headers: received, bytes }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}
