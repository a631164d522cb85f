import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { ApiError } from '../errors.ts';
import { Reply } from './route.ts';

/** Bytes that can be served whole or in part. */
export interface Bytes {
  size: number;
  /** In quotes. */
  etag: string | null;
  /** The bytes from the first to the last offset, both included. */
  send(range: { start: number; end: number }): Promise<Readable>;
}

/**
 * Serves bytes as a request asks: 206 for one range of them, 304 when the client has these already.
 * `headers` are those of a whole reply.
 * @throws 416 for a range outside, with the true size
 */
export async function rangedReply(
  request: IncomingHttpHeaders,
  bytes: Bytes,
  headers: Record<string, string>,
): Promise<Reply> {
  const { size, etag } = bytes;
  const common = { ...headers, 'Accept-Ranges': 'bytes', ...(etag === null ? {} : { ETag: etag }) };
  if (etag !== null && isKnown(request, etag)) return new Reply(304, null, common);
  const wanted = request['if-range'];
  const range = wanted === undefined || wanted === etag ? rangeOf(request.range, size) : null;
  if (!range) {
    const whole = await bytes.send({ start: 0, end: size - 1 });
    return new Reply(200, whole, { ...common, 'Content-Length': String(size) });
  }
  return new Reply(206, await bytes.send(range), {
    ...common,
    'Content-Range': `bytes ${range.start}-${range.end}/${size}`,
    'Content-Length': String(range.end - range.start + 1),
  });
}

/** Whether the client says that it has what `etag` names. */
export function isKnown({ 'if-none-match': header }: IncomingHttpHeaders, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

/** The one range asked for; null when none is, or what is asked is not one range of bytes: then all is sent. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!found) return null;
  const [first = '', last = ''] = found.slice(1);
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && first !== '' && Number(last) < Number(first)) return null;
  if (start >= size || start > end)
    throw new ApiError(416, { message: '416 Range Not Satisfiable' }, { 'Content-Range': `bytes */${size}` });
  return { start, end };
}
