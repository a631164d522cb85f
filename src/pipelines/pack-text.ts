import { deflateRawSync, inflateRaw } from 'node:zlib';
import { promisify } from 'node:util';

/** The text deflated, in Base64. It takes the thread that it runs in: the compiler's. */
// Texts of jobs are alike: little effort finds that, in a fifth of the time of more.
export const packText = (text: string): string => deflateRawSync(text, { level: 1 }).toString('base64');

/** The text, in UTF-8. */
export async function unpackText(packed: string): Promise<Buffer> {
  return await promisify(inflateRaw)(Buffer.from(packed, 'base64'));
}
