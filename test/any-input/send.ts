import http, { type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AnyRequest } from './any-request.ts';

/** A busy disk may take seconds for a sync; what hangs, hangs for ever. */
const PATIENCE_MS = 20_000;

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Sends a request as it is, however wrong. Throws when there is no whole answer in time. */
export async function send(url: string, agent: http.Agent, request: AnyRequest): Promise<Reply> {
  const { hostname: host, port } = new URL(url);
  const { method, path, headers, encoding } = request;
  const body = request.body === null ? null : Buffer.from(request.body, encoding);
  const length = body ? { 'content-length': String(body.length) } : {};
  return await new Promise((resolve, reject) => {
    const outgoing = http.request({
      host,
      port,
      method,
      path,
      agent,
      headers: { ...headers, ...length },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      buffer(response).then((bytes) => resolve({ status, headers: answered, body: bytes }), reject);
    });
    outgoing.end(body ?? undefined);
  });
}
