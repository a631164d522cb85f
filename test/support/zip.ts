import { text } from 'node:stream/consumers';
import yauzl from 'yauzl';

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
