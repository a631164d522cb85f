import { createWriteStream } from 'node:fs';
import { chmod, lstat, mkdir, open, realpath, symlink, unlink, utimes } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { isWithin } from './file-selection.ts';

const TYPE = 0o170000;
const FOLDER = 0o040000;
const LINK = 0o120000;

/**
 * Extracts the zip behind an open descriptor over the folder's files, with modes and links. What stands in the
 * way of a file is replaced, unless it is a folder. Nothing is written outside `root`: names that lead out are
 * refused, and so is every path that passes through a link out of it.
 * @returns how many entries were extracted.
 * @throws Error when the zip is damaged or refused.
 */
export async function extractZip(fd: number, folder: string): Promise<number> {
  const root = await realpath(folder);
  const zip = await fromFdPromise(fd, { lazyEntries: true, autoClose: false });
  const verified = new Set([root]);
  // Links come last, so that no entry of the same archive can be written through them; folders get their modes
  // when they are full, for they may be read-only.
  const links: [string, string][] = [];
  const folders: [string, number][] = [];
  let count = 0;
  for await (const entry of zip.eachEntry()) {
    const mode = entry.externalFileAttributes >>> 16;
    const path = posix.normalize(entry.fileName).replace(/\/+$/, '');
    if (path === '.' || path === '') continue;
    if (path === '..' || path.startsWith('../') || path.startsWith('/'))
      throw new Error(`${entry.fileName} leads out of the project`);
    const full = join(root, path);
    if (entry.fileName.endsWith('/') || (mode & TYPE) === FOLDER) {
      await makeFolder(root, full, verified);
      folders.push([full, mode & 0o777 || 0o755]);
    } else {
      await makeFolder(root, dirname(full), verified);
      if ((mode & TYPE) === LINK) links.push([full, await linkTarget(zip, entry)]);
      else await writeFile(zip, entry, full, mode & 0o777 || 0o644);
    }
    count += 1;
  }
  for (const [path, target] of links) {
    await clear(path);
    await symlink(target, path);
  }
  for (const [path, mode] of folders.toReversed()) await chmod(path, mode);
  return count;
}

async function writeFile(zip: ZipFile, entry: Entry, path: string, mode: number): Promise<void> {
  const content = await zip.openReadStreamPromise(entry);
  await clear(path);
  // wx: fails rather than writes through a link that appeared just now
  const file = await open(path, 'wx', mode);
  await pipeline(content, createWriteStream(path, { fd: file }));
  await chmod(path, mode);
  const changed = entry.getLastModDate();
  await utimes(path, changed, changed);
}

async function linkTarget(zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > 4096) throw new Error(`${entry.fileName} is a link that leads too far`);
  return await text(await zip.openReadStreamPromise(entry));
}

/** Makes a folder and those above it, and makes sure that it really lies in the root. */
async function makeFolder(root: string, path: string, verified: Set<string>): Promise<void> {
  if (verified.has(path)) return;
  await makeFolder(root, dirname(path), verified);
  try {
    await mkdir(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const real = await realpath(path).catch(() => '');
    if (!isWithin(root, real))
      throw new Error(`${path} is a link that leads out of the project`, { cause: error });
  }
  verified.add(path);
}

async function clear(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new Error(`${path} is a folder where a file should be written`);
  if (found) await unlink(path);
}
