import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import yauzl from 'yauzl';
import yazl from 'yazl';

/** The entries of a zip with their contents as text. */
export async function entriesOf(bytes: Buffer): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  const zip = await yauzl.fromBufferPromise(bytes);
  for await (const entry of zip.eachEntry()) {
    const isFolder = entry.fileName.endsWith('/');
    entries[entry.fileName] = isFolder ? '' : await text(await zip.openReadStreamPromise(entry));
  }
  return entries;
}

/** A zip of these files. */
export async function zipOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return buffer(zip.outputStream as Readable);
}
