import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Database } from '../../src/db/database.ts';

/** In a data folder where nothing is under way: what is there for a moment only. */
const PASSING = [
  /^blobs\/tmp\//,
  /^traces\/..\/.*/,
  /^runner\/(jobs|spool)\//,
  /\.draft$/,
  /^repositories\/.*(\.lock|\.keep|\/tmp_[^/]*)$/,
  /^repositories\/.*\/(tmp_objdir-)?incoming-/,
];

/** The files of a data folder that should have gone; `owned`: the keys of the blobs that a row names. */
export function filesLeftOver(data: string, owned: ReadonlySet<string>): string[] {
  return readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(data, join(entry.parentPath, entry.name)))
    .filter((path) => {
      const [, key] = /^blobs\/(..\/.{30})$/.exec(path) ?? [];
      return key === undefined ? PASSING.some((pattern) => pattern.test(path)) : !owned.has(key);
    });
}

/** The rows that should have gone, and blobs that a row names and that are not there. */
export async function rowsLeftOver({ read }: Database, data: string): Promise<string[]> {
  const found: string[] = [];
  const pushes = await read.selectFrom('pushes').select('id').where('state', '=', 'open').execute();
  found.push(...pushes.map(({ id }) => `push ${id} is open`));
  const queued = await read.selectFrom('job_queue').select('job_id').execute();
  found.push(...queued.map(({ job_id }) => `job ${job_id} is in the queue`));
  const traces = await read.selectFrom('job_traces').select('job_id').where('state', '=', 'live').execute();
  found.push(...traces.map(({ job_id }) => `the log of job ${job_id} is not sealed`));
  for (const key of await ownedBlobs({ read }))
    if (!existsSync(join(data, 'blobs', key))) found.push(`the blob ${key} is missing`);
  return found;
}

export async function ownedBlobs({ read }: Pick<Database, 'read'>): Promise<Set<string>> {
  const traces = await read.selectFrom('job_traces').select(['blob_key', 'index_key']).execute();
  const artifacts = await read
    .selectFrom('job_artifacts')
    .select(['blob_key', 'index_key', 'report_key'])
    .execute();
  return new Set(
    [...traces, ...artifacts].flatMap((row) => Object.values(row)).filter((key) => key !== null),
  );
}
