import { problemOf } from '../../../api/problem.ts';

/** The first bytes of a file, and whether there are more. The rest is not fetched. */
export async function readBeginning(
  address: string,
  most: number,
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array; more: boolean }> {
  const response = await fetch(address, { signal });
  if (!response.ok) throw await problemOf(response);
  if (!response.body) return { bytes: new Uint8Array(0), more: false };
  const reader = response.body.getReader();
  const bytes = new Uint8Array(most);
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const room = next.value.subarray(0, most - length);
    bytes.set(room, length);
    length += room.length;
    if (room.length === next.value.length) continue;
    await reader.cancel();
    return { bytes, more: true };
  }
  return { bytes: bytes.subarray(0, length), more: false };
}
