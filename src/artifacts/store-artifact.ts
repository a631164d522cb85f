import { Readable } from 'node:stream';
import type { BlobStore, StagedBlob } from '../blobs/blob-store.ts';
import { keepBlobs, ownBlob, releaseBlob } from '../blobs/blob-ownership.ts';
import type { Database, Transaction } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { apiError } from '../errors.ts';
import { takeRoom } from '../storage/quota.ts';
import { type Artifact, findArtifact, insertArtifact } from './artifact-store.ts';
import { readZipDirectory } from './zip-directory.ts';
import { encodeZipIndex } from './zip-index.ts';

export interface Upload {
  job: { id: number; project_id: number; pipeline_id: number };
  file_type: string;
  file_format: string;
  /** As the runner calls it; only ever shown. */
  filename: string;
  accessibility: string;
  expire_at: Time | null;
  /** Bytes. */
  maxSize: number;
  source: AsyncIterable<Uint8Array>;
  /**
   * Looks into the bytes, once they have all arrived and before they are kept. What it throws refuses the
   * upload; what it answers is called in the transaction that writes the artifact's row.
   */
  examine?: (staged: StagedBlob) => Promise<(tx: Transaction, artifact: Artifact) => Promise<void>>;
  /**
   * Asked first in that transaction: bytes come for as long as they like, and what the job was when they began it need
   * not be any more. What it throws refuses the upload.
   */
  admit?: (tx: Transaction) => Promise<void>;
}

/**
 * Receives an artifact: its bytes into a blob, the directory of a zip into a second one, then the row. A
 * repeated upload of the same bytes answers what there is. Whatever fails, nothing is left of the upload.
 * @throws 413 above `maxSize`; 400 when the job has another artifact of that type; StorageUnavailable
 */
export async function storeArtifact(
  db: Database,
  blobs: BlobStore,
  upload: Upload,
  now: Time,
): Promise<Artifact> {
  const bytes = await blobs.stage(upload.source, upload.maxSize);
  const staged = [bytes];
  try {
    const known = await findArtifact(db, upload.job.id, upload.file_type);
    if (known) return sameOrRefused(known, bytes);
    const inserted = (await upload.examine?.(bytes)) ?? (async () => {});
    const index = upload.file_format === 'zip' ? await stageIndex(blobs, bytes) : null;
    if (index) staged.push(index);
    await keepBlobs(db, blobs, staged, now);
    return await insert(db, upload, { bytes, index, inserted }, now);
  } finally {
    // What was kept has moved, so this finds only what was not.
    await Promise.all(staged.map((blob) => blobs.discard(blob)));
  }
}

interface Received {
  bytes: StagedBlob;
  /** The directory of a zip. */
  index: StagedBlob | null;
  inserted: (tx: Transaction, artifact: Artifact) => Promise<void>;
}

function sameOrRefused(known: Artifact, bytes: StagedBlob): Artifact {
  if (known.sha256 === bytes.sha256) return known;
  throw apiError('plain', 'another artifact of the same type already exists');
}

async function stageIndex(blobs: BlobStore, zip: StagedBlob): Promise<StagedBlob | null> {
  const entries = await readZipDirectory(zip.path);
  if (!entries) return null;
  const index = await encodeZipIndex(entries);
  return await blobs.stage(Readable.from([index]));
}

async function insert(
  db: Database,
  { job, source: _source, maxSize: _maxSize, examine: _examine, admit, ...given }: Upload,
  { bytes, index, inserted }: Received,
  now: Time,
): Promise<Artifact> {
  const keys = index ? [bytes.key, index.key] : [bytes.key];
  const release = () =>
    db.write(async (tx) => {
      for (const key of keys) await releaseBlob(tx, key, now);
    });
  let row: Artifact | null;
  try {
    row = await db.write(async (tx) => {
      await admit?.(tx);
      await takeRoom(tx, job.project_id, bytes.size);
      const artifact = await insertArtifact(tx, {
        ...given,
        project_id: job.project_id,
        pipeline_id: job.pipeline_id,
        job_id: job.id,
        size: bytes.size,
        sha256: bytes.sha256,
        blob_key: bytes.key,
        index_key: index?.key ?? null,
        locked_ref: null,
        created_at: now,
      });
      if (!artifact) return null;
      for (const key of keys) await ownBlob(tx, key);
      await inserted(tx, artifact);
      return artifact;
    });
  } catch (error) {
    await release();
    throw error;
  }
  if (row) return row;
  // Two uploads at once: the other one was first.
  await release();
  const known = await findArtifact(db, job.id, given.file_type);
  if (!known) throw apiError('conflict', 'the artifact was removed meanwhile');
  return sameOrRefused(known, bytes);
}
