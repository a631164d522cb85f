import { crc32 } from 'node:zlib';

/** How far a log goes, and the CRC-32 of all its bytes up to there. */
export interface LogMark {
  size: number;
  crc: number;
  /** How often the log was emptied before that: what is known of one generation says nothing of another. */
  generation: number;
}

/** They are counted so far, and from 0 again. */
const GENERATIONS = 2 ** 16;

/** What a log holds that was emptied. */
export const emptied = ({ generation }: LogMark): LogMark => ({
  ...EMPTY,
  generation: (generation + 1) % GENERATIONS,
});

/** What a log holds at first. */
export const EMPTY: LogMark = { size: 0, crc: 0, generation: 0 };

/**
 * The first 64 bytes of a live log's file: a line that says what it is, then three marks of 16 bytes
 * (length as 6, generation as 2, checksum of the log as 4, checksum of these 12 as 4, little-endian). They lie in one
 * sector, so a power loss leaves each of them as it was or as it was meant.
 */
export const HEADER_BYTES = 64;
const TITLE = Buffer.from('jobyard-trace 1\n');
const MARK_BYTES = 16;

/** Where each mark stands; what they mean is said at LiveLog. */
export const SLOTS = { acknowledged: 16, synced: [32, 48] } as const;

/** The header of a log in which everything up to `mark` is believed. */
export function newHeader(mark: LogMark = EMPTY): Buffer {
  const slot = markAt(mark);
  return Buffer.concat([TITLE, slot, slot, slot]);
}

/** The 16 bytes of a mark. */
export function markAt({ size, crc, generation }: LogMark): Buffer {
  const slot = Buffer.allocUnsafe(MARK_BYTES);
  slot.writeUIntLE(size, 0, 6);
  slot.writeUInt16LE(generation, 6);
  slot.writeUInt32LE(crc, 8);
  slot.writeUInt32LE(crc32(slot.subarray(0, 12)), 12);
  return slot;
}

/** The marks that are whole; none of a header that never reached the disk. */
export function readMarks(header: Buffer): LogMark[] {
  if (!header.subarray(0, TITLE.length).equals(TITLE)) return [];
  return [SLOTS.acknowledged, ...SLOTS.synced].flatMap((start) => {
    const slot = header.subarray(start, start + MARK_BYTES);
    if (crc32(slot.subarray(0, 12)) !== slot.readUInt32LE(12)) return [];
    return [{ size: slot.readUIntLE(0, 6), crc: slot.readUInt32LE(8), generation: slot.readUInt16LE(6) }];
  });
}
