import { existsSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Call } from './recording.ts';

const NOTHING = Buffer.alloc(0);

interface Change {
  bytes: Buffer;
  /** Null: behind what is there. */
  offset: number | null;
  /** Cuts the file to this length instead of writing. */
  length?: number;
}

interface File {
  before: Buffer;
  changes: Change[];
  /** How many of the changes outlive a power loss. */
  synced: number;
}

/**
 * What a disk holds after the power has gone, at worst: of each file the content at its last sync, under the
 * names that its folder had at the folder's last sync.
 */
export class Disk {
  readonly #root: string;
  readonly #base: string;
  readonly #files = new Map<string, File>();
  readonly #lasting = new Map<string, File | null>();

  /** `base`: a copy of the folder `root`, as it was before anything was recorded. */
  constructor(root: string, base: string) {
    this.#root = root;
    this.#base = base;
  }

  /** Takes up what was over at that moment. */
  replay(calls: readonly Call[], time: number): void {
    const ends: { at: number; last: () => void }[] = [];
    for (const call of calls) {
      if (call.from > time) break;
      this.#until(ends, call.from);
      const last = this.#apply(call);
      if (last && call.to <= time) ends.push({ at: call.to, last });
    }
    this.#until(ends, time);
  }

  /**
   * Writes the folder as it is after the power loss. `survives` says of each change that was not synced
   * whether it has reached the disk nevertheless: they do so in no order.
   */
  async writeTo(target: string, survives: () => boolean): Promise<void> {
    await cp(this.#base, target, { recursive: true });
    const known = new Set([...this.#lasting.keys(), ...this.#files.keys()]);
    for (const path of known) {
      const place = join(target, relative(this.#root, path));
      const named = this.#lasting.get(path);
      const file = named === undefined ? this.#original(path) : named;
      if (file === null) await rm(place, { force: true });
      else {
        await mkdir(dirname(place), { recursive: true });
        await writeFile(place, contentOf(file, survives));
      }
    }
  }

  #until(ends: { at: number; last: () => void }[], time: number): void {
    for (let at = 0; at < ends.length;) {
      const end = ends[at];
      if (end && end.at <= time) {
        end.last();
        ends.splice(at, 1);
      } else at += 1;
    }
  }

  /** Answers what lasts from the call's end on. */
  #apply({ name, path, newPath, bytes, offset, flags }: Call): (() => void) | null {
    if (!path.startsWith(`${this.#root}/`) && path !== this.#root) return null;
    if (name === 'fsync' || name === 'fdatasync') {
      const file = this.#files.get(path);
      if (!file) return this.#syncFolder(path);
      const count = file.changes.length;
      return () => (file.synced = Math.max(file.synced, count));
    }
    if (name === 'rename') {
      const file = this.#file(path);
      this.#remove(path);
      this.#files.set(newPath, file);
    } else if (name === 'unlink') this.#remove(path);
    else if (name === 'openat') {
      if (flags.includes('O_CREAT') && !flags.includes('O_DIRECTORY')) this.#file(path);
      if (flags.includes('O_TRUNC'))
        this.#file(path).changes.push({ bytes: NOTHING, offset: null, length: 0 });
    } else {
      const change =
        name === 'ftruncate' ? { bytes: NOTHING, offset, length: offset ?? 0 } : { bytes, offset };
      this.#file(path).changes.push(change);
    }
    return null;
  }

  readonly #removed = new Set<string>();

  #remove(path: string): void {
    this.#files.delete(path);
    this.#removed.add(path);
  }

  #file(path: string): File {
    const known = this.#files.get(path);
    if (known) return known;
    const original = this.#removed.has(path) ? null : this.#original(path);
    const file = original ?? { before: Buffer.alloc(0), changes: [], synced: 0 };
    if (original) this.#lasting.set(path, file);
    else if (!this.#lasting.has(path)) this.#lasting.set(path, null);
    this.#removed.delete(path);
    this.#files.set(path, file);
    return file;
  }

  #original(path: string): File | null {
    const place = join(this.#base, relative(this.#root, path));
    if (!existsSync(place) || !statSync(place).isFile()) return null;
    return { before: readFileSync(place), changes: [], synced: 0 };
  }

  #syncFolder(folder: string): () => void {
    const names = new Map([...this.#files].filter(([path]) => dirname(path) === folder));
    const gone = [...this.#removed].filter((path) => dirname(path) === folder && !names.has(path));
    return () => {
      for (const [path, file] of names) this.#lasting.set(path, file);
      for (const path of gone) this.#lasting.set(path, null);
    };
  }
}

function contentOf({ before, changes, synced }: File, survives: () => boolean): Buffer {
  let space = Buffer.from(before);
  let size = before.length;
  for (const [at, { bytes, offset, length }] of changes.entries()) {
    if (at >= synced && !survives()) continue;
    const start = length ?? offset ?? size;
    const end = start + bytes.length;
    if (end > space.length) space = Buffer.concat([space], end * 2);
    // What lies between the old end and the change reads as zeros, also where something was before.
    if (start > size) space.fill(0, size, start);
    bytes.copy(space, start);
    size = length === undefined ? Math.max(size, end) : length;
  }
  return space.subarray(0, size);
}
