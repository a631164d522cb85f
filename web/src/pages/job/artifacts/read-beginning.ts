import { piecesOf } from '../../../api/answer-of.ts';

/**
 * The first bytes of a file, and whether there are more. The rest is not fetched.
 * @throws as `piecesOf`
 */
export async function readBeginning(
  address: string,
  most: number,
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array; more: boolean }> {
  const bytes = new Uint8Array(most);
  let length = 0;
  for await (const piece of piecesOf(address, { signal })) {
    const room = piece.subarray(0, most - length);
    bytes.set(room, length);
    length += room.length;
    if (room.length < piece.length) return { bytes, more: true };
  }
  return { bytes: bytes.subarray(0, length), more: false };
}
