import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

// node:http rather than fetch: fetch refuses a list of ports that a server may well listen on (6000,
// 10080), and gives no word in the time-outs of long uploads. Not imported: an import asks for all that they have, and
// so loads fetch besides, some 4 MB.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');
const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  url: URL;
  headers: Record<string, string>;
  body?: Buffer | Readable;
  /** Milliseconds until the whole exchange is given up. */
  timeout: number;
  signal?: AbortSignal;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Sends a request and reads the reply whole. @throws when the connection or the reply is lost. */
export async function send(request: Request): Promise<Reply> {
  const message = await open(request);
  const body = await buffer(message);
  return { status: message.statusCode ?? 0, headers: message.headers, body };
}

/** Sends a request and returns the reply as a stream; the caller reads or destroys it. */
export async function open(request: Request): Promise<IncomingMessage> {
  try {
    return await attempt(request);
  } catch (error) {
    // The server may close an idle connection just as it is used again: the request was not read then.
    const stale = error instanceof StaleConnection && !(request.body instanceof Readable);
    if (stale) return await attempt(request);
    throw error;
  }
}

class StaleConnection extends Error {}

async function attempt(request: Request): Promise<IncomingMessage> {
  const { url, method, body } = request;
  const timeout = AbortSignal.timeout(request.timeout);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  const headers = { ...request.headers };
  if (Buffer.isBuffer(body)) headers['Content-Length'] = String(body.length);
  const secure = url.protocol === 'https:';
  const outgoing = (secure ? https : http).request(url, {
    method,
    headers,
    signal,
    agent: secure ? agents['https:'] : agents['http:'],
  });
  if (body instanceof Readable) {
    body.on('error', (error) => outgoing.destroy(error));
    body.pipe(outgoing);
  } else {
    outgoing.end(body);
  }
  try {
    const [message] = (await once(outgoing, 'response')) as [IncomingMessage];
    // A refusal may come before the body was read to its end; the rest is not sent then.
    if (body instanceof Readable && !outgoing.writableEnded) {
      body.destroy();
      message.once('close', () => outgoing.destroy());
    }
    outgoing.on('error', (error) => message.destroy(error));
    return message;
  } catch (error) {
    if (body instanceof Readable) body.destroy();
    outgoing.on('error', () => {});
    outgoing.destroy();
    if (timeout.aborted) throw new Error(`no reply within ${request.timeout / 1000} s`, { cause: error });
    if (outgoing.reusedSocket && error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
      throw new StaleConnection(error.message, { cause: error });
    }
    throw error;
  }
}
