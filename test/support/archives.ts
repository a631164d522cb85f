import { Readable } from 'node:stream';
import { ArchiveIndexes } from '../../src/artifacts/archive-index.ts';
import { openArchiveFile } from '../../src/artifacts/archive-file.ts';
import { readZipDirectory } from '../../src/artifacts/zip-directory.ts';
import { encodeZipIndex } from '../../src/artifacts/zip-index.ts';
import { BlobStore, type StagedBlob } from '../../src/blobs/blob-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A store of archives, and what is asked of those in it. */
export async function openArchives() {
  const blobs = await BlobStore.open(`file:${temporaryFolder()}`);
  const indexes = new ArchiveIndexes(blobs);
  const keep = async (staged: StagedBlob) => {
    await blobs.keep(staged);
    return staged.key;
  };

  /** What an upload leaves: the zip and, when its directory can be read, the index. */
  async function upload(source: AsyncIterable<Uint8Array>) {
    const staged = await blobs.stage(source);
    const entries = await readZipDirectory(staged.path);
    const index = entries && (await encodeZipIndex(entries));
    return {
      blob_key: await keep(staged),
      index_key: index && (await keep(await blobs.stage(Readable.from([index])))),
      sha256: staged.sha256,
      size: staged.size,
    };
  }

  type Archive = Awaited<ReturnType<typeof upload>>;

  const read = async (archive: Archive, path: string) => {
    const file = await openArchiveFile(blobs, indexes, archive, path);
    return file && Buffer.concat(await file.stream.toArray()).toString();
  };
  const list = async (archive: Archive, path = '', recursive = false) => {
    const tree = (await indexes.get(archive))?.tree(path, recursive);
    return tree ? [...tree] : null;
  };
  const paths = async (archive: Archive, path = '', recursive = false) =>
    (await list(archive, path, recursive))?.map((entry) => entry.path) ?? null;
  return { blobs, indexes, upload, read, list, paths };
}
