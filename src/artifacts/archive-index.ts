import type { BlobStore } from '../blobs/blob-store.ts';
import { ZipIndex } from './zip-index.ts';

const CACHE_BYTES = 64 << 20;

/** The indexes of the archives asked for last, up to 64 MiB together; requests at once share one reading. */
export class ArchiveIndexes {
  readonly #blobs: BlobStore;
  /** By last use, the longest unused first. */
  readonly #loaded = new Map<string, { index: ZipIndex; size: number }>();
  readonly #loading = new Map<string, Promise<ZipIndex | null>>();
  #bytes = 0;

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** Null: the archive has no index, so nothing in it can be listed or taken out. */
  async get(archive: { index_key: string | null }): Promise<ZipIndex | null> {
    const key = archive.index_key;
    if (key === null) return null;
    const known = this.#loaded.get(key);
    if (known) {
      this.#loaded.delete(key);
      this.#loaded.set(key, known);
      return known.index;
    }
    const loading = this.#loading.get(key) ?? this.#load(key).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return await loading;
  }

  async #load(key: string): Promise<ZipIndex | null> {
    const bytes = await this.#blobs.read(key);
    if (!bytes) return null;
    const index = new ZipIndex(bytes);
    this.#loaded.set(key, { index, size: bytes.length });
    this.#bytes += bytes.length;
    for (const [oldest, { size }] of this.#loaded) {
      if (this.#bytes <= CACHE_BYTES) break;
      this.#loaded.delete(oldest);
      this.#bytes -= size;
    }
    return index;
  }
}
