import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import type { JobKey, RunnerClient } from './client.ts';
import { JobFailure } from './failure.ts';
import type { JobFiles, Wanted } from './job-files.ts';
import type { JobOutput } from './job-output.ts';
import type { ArtifactEntry } from './job-payload.ts';
import { messageOf } from './log.ts';
import { expandWith } from './variables.ts';
import { wait } from './wait.ts';

const ENDING: Record<Wanted['format'], string> = { zip: '.zip', gzip: '.gz', raw: '' };

export interface Upload {
  client: RunnerClient;
  job: JobKey;
  output: JobOutput;
  files: JobFiles;
  values: Map<string, string>;
  /** Ends the tries. */
  signal: AbortSignal;
}

/** The entries of a job that are to be uploaded after it went well, or after it did not. */
export function dueArtifacts(entries: ArtifactEntry[], succeeded: boolean): ArtifactEntry[] {
  return entries.filter(
    ({ when, paths, untracked }) =>
      (when === 'always' || when === (succeeded ? 'on_success' : 'on_failure')) &&
      (paths.length > 0 || untracked),
  );
}

/**
 * Collects what one entry asks for and uploads it. That nothing matches is told in the log and is no failure.
 * @throws JobFailure when the files cannot be collected or the server does not take them.
 */
export async function uploadArtifact(entry: ArtifactEntry, upload: Upload): Promise<void> {
  const { output, files, values } = upload;
  const format = entry.artifact_format;
  if (format !== 'zip' && format !== 'gzip' && format !== 'raw') {
    throw new JobFailure(`artifacts of format ${format} are not supported`, 'runner_system_failure');
  }
  await files.withSpool(async (path, archive) => {
    const count = await files.collect({ ...entry, format }, archive);
    if (count === 0) {
      output.error(`No files to upload as ${entry.artifact_type}`);
      return;
    }
    const { size } = await archive.stat();
    const filename = artifactFilename(entry, format, values);
    output.line(`Uploading ${filename} (${size} bytes) as ${entry.artifact_type}`);
    await send(entry, { filename, size, path, format }, upload);
  });
}

/** The name the server keeps the artifact under: only the last part of what the job asks for. */
function artifactFilename(
  entry: ArtifactEntry,
  format: Wanted['format'],
  values: Map<string, string>,
): string {
  const base = posix.basename(expandWith(entry.name || 'artifacts', values));
  return `${base && base !== '.' && base !== '..' ? base : 'default'}${ENDING[format]}`;
}

async function send(
  entry: ArtifactEntry,
  file: { filename: string; size: number; path: string; format: Wanted['format'] },
  { client, job, output, signal }: Upload,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    let status = 0;
    let problem: string;
    try {
      const reply = await client.uploadArtifact(
        job,
        {
          file: () => createReadStream(file.path),
          size: file.size,
          filename: file.filename,
          artifact_format: file.format,
          artifact_type: entry.artifact_type,
          expire_in: entry.expire_in,
        },
        signal,
      );
      ({ status } = reply);
      problem = `${status} ${reply.message}`.trim();
    } catch (error) {
      problem = messageOf(error);
    }
    if (status === 201) return;
    const final = status === 403 || status === 413 || tries >= (status === 503 ? 6 : 3);
    if (final || signal.aborted) {
      throw new JobFailure(`the artifact could not be uploaded: ${problem}`, 'runner_system_failure');
    }
    output.warning(`The upload failed (${problem}), trying again`);
    await wait(tries * 1000, signal);
  }
}
