import type { IncomingHttpHeaders } from 'node:http';
import { gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';

/** Bytes from which on a reply is worth it: less goes out in a turn or two of any line. */
export const LARGE = 32 * 1024;
/** 680 KB of JSON take 2 ms of a thread beside the event loop; level 6 takes three times as long for a tenth less. */
const HOW = { level: 1 };

/** Sends a large reply, compressed where whoever asked says to take that (docs/adr/0043). */
export function sendLarge(
  bytes: string | Uint8Array,
  headers: IncomingHttpHeaders,
  reply: FastifyReply,
): FastifyReply {
  reply.header('vary', 'Accept-Encoding');
  if (!takesGzip(headers['accept-encoding']) || isOfAnotherSite(headers)) return reply.send(bytes);
  gzip(bytes, HOW, (error, packed) => {
    if (error) reply.send(bytes);
    else reply.header('content-encoding', 'gzip').send(packed);
  });
  return reply;
}

const takesGzip = (accepted: string | string[] | undefined) =>
  accepted !== undefined && /(?:^|,)\s*gzip\s*(?:$|,|;\s*q=(?:1|0?\.0*[1-9]))/i.test(String(accepted));

/** How long such a reply is, whoever caused it could learn: from that secrets can be guessed (BREACH). */
const isOfAnotherSite = ({ 'sec-fetch-site': site }: IncomingHttpHeaders) =>
  site === 'cross-site' || site === 'same-site';
