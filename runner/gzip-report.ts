import { basename, join } from 'node:path';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import type { Selected } from './file-selection.ts';
import { readPlainFile } from './read-plain-file.ts';

const NAME_AND_COMMENT = 0x08 | 0x10;
const UNIX = 3;

/**
 * Writes each file as a gzip member of its own, one after the other, with its base name in the header and its
 * path as the comment.
 */
export async function writeGzip(root: string, files: Selected[], target: Writable): Promise<void> {
  for (const { path, stats } of files) {
    await write(target, gzipHeader(path, stats.mtimeMs));
    let crc = 0;
    let size = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        crc = crc32(chunk, crc);
        size += chunk.length;
        done(null, chunk);
      },
    });
    await pipeline(await readPlainFile(join(root, path)), count, createDeflateRaw(), target, { end: false });
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc, 0);
    trailer.writeUInt32LE(size % 2 ** 32, 4);
    await write(target, trailer);
  }
  target.end();
}

/** Copies one file. */
export async function writeRaw(root: string, file: Selected, target: Writable): Promise<void> {
  await pipeline(await readPlainFile(join(root, file.path)), target);
}

function gzipHeader(path: string, mtimeMs: number): Buffer {
  const fixed = Buffer.from([0x1f, 0x8b, 8, NAME_AND_COMMENT, 0, 0, 0, 0, 0, UNIX]);
  fixed.writeUInt32LE(Math.floor(mtimeMs / 1000) % 2 ** 32, 4);
  return Buffer.concat([fixed, headerText(basename(path)), headerText(path)]);
}

/** The header takes Latin-1 only; any other text is percent-encoded behind `e:`. */
function headerText(text: string): Buffer {
  const plain = /^[\x20-\x7e]*$/.test(text);
  return Buffer.from(`${plain ? text : `e:${encodeURIComponent(text)}`}\0`, 'latin1');
}

async function write(target: Writable, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    target.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
