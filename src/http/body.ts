import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError, apiError, badParameters } from '../errors.ts';
import { boundDepth, nest } from './nested.ts';

const FIELDS = 1000;
const UNREADABLE = 'message body does not match declared format';

/** Teaches the server the bodies that parameters come in: JSON, forms, and forms with boundaries. */
export function parseBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/(.+\+)?json/,
    { parseAs: 'string' },
    async (_: FastifyRequest, body: string) => {
      if (body === '') return {};
      let value: unknown;
      try {
        value = JSON.parse(body);
      } catch {
        throw badParameters([UNREADABLE]);
      }
      return bounded(() => boundDepth(value));
    },
  );
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: FastifyRequest, body: string) => nestPairs(new URLSearchParams(body)),
  );
  app.addContentTypeParser('multipart/form-data', async (request: FastifyRequest, payload: Readable) =>
    readForm(request, payload),
  );
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    for await (const chunk of payload) if ((chunk as Buffer).length > 0) throw unsupported(request);
    return {};
  });
}

/** Refuses a body with 408 that has not come within so many milliseconds: whoever sends slowly holds nothing for long. */
export function boundBodies(app: FastifyInstance, ms: number): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    const { raw } = request;
    if (raw.headers['content-length'] === undefined && raw.headers['transfer-encoding'] === undefined)
      return payload;
    const tooLong = setTimeout(() => {
      if (raw.readableEnded || raw.listenerCount('error') === 0) return;
      reply.header('connection', 'close');
      // Whoever reads it hears of it as of a broken connection; but this one can still be answered.
      raw.emit('error', apiError('request_timeout'));
    }, ms).unref();
    raw.once('close', () => clearTimeout(tooLong));
    return payload;
  });
}

/** For routes that read the body themselves: whatever its type, it stays a stream. */
export function streamBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable, done) => done(null, payload));
}

/** The parameters of names like `scope[]`. @throws 400 when they nest too deep or are too many */
export function nestPairs(pairs: Iterable<[string, string]>): Record<string, unknown> {
  return bounded(() => nest(pairs));
}

function bounded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw badParameters([error.message]);
    throw error;
  }
}

function unsupported(request: FastifyRequest): ApiError {
  const type = request.headers['content-type'] ?? '';
  return new ApiError(415, { error: `The provided content-type '${type}' is not supported.` });
}

/**
 * The text fields of a form with boundaries; files are for the routes that stream.
 * @throws 413 above the route's limit: Fastify keeps it only for the bodies it collects itself
 */
function readForm(request: FastifyRequest, payload: Readable): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const refuse = () => reject(badParameters([UNREADABLE]));
    const limit = request.routeOptions.bodyLimit;
    let size = 0;
    try {
      const pairs: [string, string][] = [];
      const type = request.headers['content-type'] ?? '';
      const form = new Busboy({
        headers: { ...request.headers, 'content-type': type },
        limits: { fields: FIELDS, fieldSize: limit },
      });
      // A part may come without a name.
      form.on('field', (name: string | undefined, value: string) => pairs.push([name ?? '', value]));
      // Cut off in the middle it fails, and unheard that would end the process.
      form.on('file', (_name: string, file: Readable) => file.on('error', () => {}).resume());
      form.on('finish', () => {
        try {
          resolve(nestPairs(pairs));
        } catch (error) {
          reject(error as Error);
        }
      });
      form.on('error', refuse);
      payload.on('error', (error) => (error instanceof ApiError ? reject(error) : refuse()));
      payload.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= limit) return;
        payload.unpipe(form);
        payload.removeAllListeners('data');
        reject(apiError('too_large'));
      });
      payload.pipe(form);
    } catch {
      payload.resume();
      refuse();
    }
  });
}
