import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { callbackify } from 'node:util';
import { ZipFile } from 'yazl';
import type { Remark, Selected } from './file-selection.ts';
import { readPlainFile } from './read-plain-file.ts';

/** Writes a zip of the selected files below `root`, with their modes; links are kept as links. */
export async function writeZip(
  root: string,
  files: Selected[],
  target: Writable,
  remark: Remark,
): Promise<void> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  const openFile = async (path: string): Promise<Readable> => {
    const stream = await readPlainFile(path);
    stream.once('error', (error) => output.destroy(error));
    return stream;
  };
  const written = pipeline(output, target);
  for (const { path, stats } of files) {
    const full = join(root, path);
    const options = { mtime: stats.mtime, mode: stats.mode };
    // The format has no room for these names: they would come out as other paths.
    if (path.includes('\\') || /^[a-zA-Z]:/.test(path)) {
      remark('warning', `${path}: a zip cannot hold this name, it is left out`);
    } else if (stats.isDirectory()) {
      zip.addEmptyDirectory(path, options);
    } else if (stats.isSymbolicLink()) {
      zip.addBuffer(Buffer.from(await readlink(full)), path, options);
    } else {
      zip.addReadStreamLazy(path, options, (done) => callbackify(openFile)(full, done));
    }
  }
  zip.end();
  await written;
}
