import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';

const BOUNDARY = 'ofTheBenchmarks';
/** Of the documented amount. */
export const ARCHIVE_BYTES = 200 * 1024 * 1024;

/** A zip of one file that cannot be compressed. */
export async function makeArchive(bytes: number): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  const block = randomBytes(1024 * 1024);
  const whole = Buffer.concat(Array.from({ length: Math.ceil(bytes / block.length) }, () => block));
  zip.addBuffer(whole.subarray(0, bytes), 'out/image.bin', { compress: false });
  zip.end();
  return await buffer(zip.outputStream);
}

/** The archive as a form, as a runner sends it: its type, and its parts. */
export function asForm(archive: Buffer): { type: string; length: number; parts: Buffer[] } {
  const disposition = 'Content-Disposition: form-data; name="file"; filename="artifacts.zip"';
  const head = `--${BOUNDARY}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const parts = [Buffer.from(head), archive, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, length, parts };
}
