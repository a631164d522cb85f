import { createReadStream } from 'node:fs';
import type { ArtifactType } from '../artifacts/artifact-types.ts';
import type { Artifact } from '../artifacts/artifact-store.ts';
import type { StagedBlob } from '../blobs/blob-store.ts';
import type { Transaction } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { apiError } from '../errors.ts';
import { encrypt } from '../variables/encrypt.ts';
import { type DotenvLimits, parseDotenv } from './dotenv.ts';
import { insertDotenvVariables } from './dotenv-store.ts';
import { gzipMembers } from './gzip-members.ts';
import { isReadable, planReading } from './reports.ts';

const LINE_FEED = 10;

type WithRow = (tx: Transaction, artifact: Artifact) => Promise<void>;

/**
 * What the server does with the bytes of a report that has just arrived, for `Upload.examine`: variables of
 * a dotenv report are stored with it, encrypted under `secretKey`; tests and coverage are read afterwards.
 * @throws 400 for a dotenv report that cannot be read
 */
export async function receiveReport(
  type: ArtifactType,
  staged: StagedBlob,
  { secretKey, limits, now }: { secretKey: Buffer; limits: DotenvLimits; now: Time },
): Promise<WithRow> {
  if (isReadable(type)) return (tx, { id }) => planReading(tx, id, now);
  if (type !== 'dotenv') return async () => {};
  const variables = parseDotenv(await unpack(staged.path, limits.dotenv_size), limits).map(
    ({ key, value }) => ({ key, value: encrypt(secretKey, value) }),
  );
  return (tx, { job_id }) =>
    insertDotenvVariables(
      tx,
      variables.map((variable) => ({ job_id, ...variable })),
    );
}

/** The files of the report behind one another; not much more than `enough` bytes, however much there is. */
async function unpack(path: string, enough: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const source = createReadStream(path);
  try {
    for await (const { content } of gzipMembers(source)) {
      // A file without a line feed at its end does not run into the next.
      if (size > 0 && chunks.at(-1)?.at(-1) !== LINE_FEED) chunks.push(Buffer.from('\n'));
      for await (const chunk of content) {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= enough) return Buffer.concat(chunks);
      }
    }
  } catch (error) {
    throw apiError('plain', `Invalid Format: ${(error as Error).message}`);
  } finally {
    source.destroy();
  }
  return Buffer.concat(chunks);
}
