import { breather, sortInSlices } from './breathe.ts';
import type { ZipEntry } from './zip-directory.ts';

/** A file or folder of an archive, as the API lists it. */
export interface TreeEntry {
  name: string;
  path: string;
  type: 'file' | 'directory';
  /** Bytes; only of files. */
  size?: number;
  /** Octal, six digits. */
  mode: string;
}

const TITLE = Buffer.from('jobyard-zip 1\n\0\0');
const HEADER_BYTES = TITLE.length + 4;
/** Name start 4, name length 2, method 2, mode 4, crc 4, offset 6, compressed size 6, size 6. */
const RECORD_BYTES = 34;
/** The byte after `/`: where a folder's entries end. */
const AFTER_SLASH = '0';

/**
 * The directory of a zip as one buffer: records of equal size in the order of their names' bytes, then
 * the names. A file is found by halving, with nothing parsed before; of two equal names the first counts.
 */
export async function encodeZipIndex(entries: ZipEntry[]): Promise<Buffer> {
  const breathe = breather();
  const keyed: { entry: ZipEntry; key: string }[] = [];
  for (const entry of entries) {
    // One character a byte: so the order of these strings is the order of the bytes.
    keyed.push({ entry, key: Buffer.from(entry.name).toString('latin1') });
    await breathe();
  }
  const unique: typeof keyed = [];
  let nameBytes = 0;
  for (const item of await sortInSlices(keyed, (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))) {
    if (unique.at(-1)?.key === item.key) continue;
    unique.push(item);
    nameBytes += item.key.length;
    await breathe();
  }
  const index = Buffer.alloc(HEADER_BYTES + unique.length * RECORD_BYTES + nameBytes);
  TITLE.copy(index);
  index.writeUInt32LE(unique.length, TITLE.length);
  let record = HEADER_BYTES;
  let name = HEADER_BYTES + unique.length * RECORD_BYTES;
  for (const { entry, key } of unique) {
    index.writeUInt32LE(name, record);
    index.writeUInt16LE(key.length, record + 4);
    index.writeUInt16LE(entry.method, record + 6);
    index.writeUInt32LE(entry.mode, record + 8);
    index.writeUInt32LE(entry.crc, record + 12);
    index.writeUIntLE(entry.offset, record + 16, 6);
    index.writeUIntLE(entry.compressedSize, record + 22, 6);
    index.writeUIntLE(entry.size, record + 28, 6);
    index.write(key, name, 'latin1');
    record += RECORD_BYTES;
    name += key.length;
    await breathe();
  }
  return index;
}

export class ZipIndex {
  readonly #bytes: Buffer;
  readonly #count: number;

  constructor(bytes: Buffer) {
    if (!bytes.subarray(0, TITLE.length).equals(TITLE)) throw new Error('not an index of a zip');
    this.#bytes = bytes;
    this.#count = bytes.readUInt32LE(TITLE.length);
  }

  /** The entry of exactly that name, or null. */
  find(name: string): ZipEntry | null {
    const wanted = Buffer.from(name);
    const at = this.#lowerBound(wanted);
    return at < this.#count && this.#nameBytes(at).equals(wanted) ? this.#entry(at) : null;
  }

  /**
   * What lies in the folder `path` (`''` for the top), by path; with all below it when `recursive`.
   * Folders that only show in the names of their files are listed too. Null: there is no such folder.
   */
  tree(path: string, recursive: boolean): Iterable<TreeEntry> | null {
    const folder = path.replace(/^\/+|\/+$/g, '');
    const prefix = folder === '' ? '' : `${folder}/`;
    const start = this.#lowerBound(Buffer.from(prefix));
    const exists = prefix === '' || (start < this.#count && this.#name(start).startsWith(prefix));
    if (!exists) return null;
    return recursive ? this.#below(prefix, start) : this.#children(prefix, start);
  }

  *#children(prefix: string, start: number): Iterable<TreeEntry> {
    for (let at = start; at < this.#count;) {
      const name = this.#name(at);
      if (!name.startsWith(prefix)) return;
      const slash = name.indexOf('/', prefix.length);
      if (name === prefix) at += 1;
      else if (slash === -1) {
        yield fileOf(this.#entry(at));
        at += 1;
      } else {
        const folder = name.slice(0, slash);
        yield folderOf(folder, name.length === slash + 1 ? this.#entry(at).mode : undefined);
        at = this.#lowerBound(Buffer.from(folder + AFTER_SLASH));
      }
    }
  }

  *#below(prefix: string, start: number): Iterable<TreeEntry> {
    let previous = prefix;
    for (let at = start; at < this.#count; at += 1) {
      const entry = this.#entry(at);
      const { name } = entry;
      if (!name.startsWith(prefix)) return;
      for (let slash = name.indexOf('/', prefix.length); slash !== -1; slash = name.indexOf('/', slash + 1)) {
        if (previous.startsWith(name.slice(0, slash + 1))) continue;
        yield folderOf(name.slice(0, slash), slash === name.length - 1 ? entry.mode : undefined);
      }
      if (!name.endsWith('/')) yield fileOf(entry);
      previous = name;
    }
  }

  #lowerBound(wanted: Buffer): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Buffer.compare(this.#nameBytes(middle), wanted) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #nameBytes(at: number): Buffer {
    const record = HEADER_BYTES + at * RECORD_BYTES;
    const start = this.#bytes.readUInt32LE(record);
    return this.#bytes.subarray(start, start + this.#bytes.readUInt16LE(record + 4));
  }

  #name(at: number): string {
    return this.#nameBytes(at).toString();
  }

  #entry(at: number): ZipEntry {
    const record = HEADER_BYTES + at * RECORD_BYTES;
    return {
      name: this.#name(at),
      method: this.#bytes.readUInt16LE(record + 6),
      mode: this.#bytes.readUInt32LE(record + 8),
      crc: this.#bytes.readUInt32LE(record + 12),
      offset: this.#bytes.readUIntLE(record + 16, 6),
      compressedSize: this.#bytes.readUIntLE(record + 22, 6),
      size: this.#bytes.readUIntLE(record + 28, 6),
    };
  }
}

const octal = (mode: number) => mode.toString(8).padStart(6, '0');
const lastSegment = (path: string) => path.slice(path.lastIndexOf('/') + 1);

function fileOf({ name, size, mode }: ZipEntry): TreeEntry {
  return { name: lastSegment(name), path: name, type: 'file', size, mode: octal(mode) };
}

function folderOf(path: string, mode = 0o040755): TreeEntry {
  return { name: lastSegment(path), path: `${path}/`, type: 'directory', mode: octal(mode) };
}
