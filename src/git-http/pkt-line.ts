import type { Readable } from 'node:stream';
import { GitError } from '../git/git-error.ts';
import { readExactly } from '../git/read-bytes.ts';

/**
 * git's framing: four hexadecimal digits of length (their own four bytes included), then the payload; a
 * length of zero is a flush, which ends a section.
 */
export const FLUSH = Buffer.from('0000');

/** The most that one packet carries. */
const LARGEST_PAYLOAD = 65516;

/** One packet. */
export function packet(payload: string | Buffer): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  if (bytes.length > LARGEST_PAYLOAD) throw new Error(`${bytes.length} bytes do not fit into a packet`);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/**
 * The next packet's payload; undefined for a flush.
 * @throws GitError `bad_request` for what is no packet, EndOfStream
 */
export async function readPacket(stream: Readable): Promise<Buffer | undefined> {
  const digits = (await readExactly(stream, 4)).toString('latin1');
  const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
  if (length === 0) return undefined;
  if (length < 4) throw new GitError('bad_request', `'${digits}' is no length of a packet`);
  return length === 4 ? Buffer.alloc(0) : readExactly(stream, length - 4);
}

/** The channels of a reply with `side-band-64k`. */
export const BAND = { data: 1, progress: 2, error: 3 } as const;

/** `bytes` as packets of one channel. */
export function sideband(band: number, bytes: Buffer): Buffer {
  const packets: Buffer[] = [];
  const size = LARGEST_PAYLOAD - 1;
  for (let at = 0; at < bytes.length; at += size)
    packets.push(packet(Buffer.concat([Buffer.from([band]), bytes.subarray(at, at + size)])));
  return Buffer.concat(packets);
}
