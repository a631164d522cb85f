import { createWriteStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { RunnerClient } from './client.ts';
import { JobFailure } from './failure.ts';
import type { JobFiles } from './job-files.ts';
import type { JobOutput } from './job-output.ts';
import type { Dependency } from './job-payload.ts';
import { messageOf } from './log.ts';
import { wait } from './wait.ts';

const TRIES = 3;

/**
 * Downloads the artifacts of one earlier job and extracts them over the work tree.
 * @throws JobFailure when they cannot be had, or are no zip.
 */
export async function downloadArtifacts(
  dependency: Dependency,
  client: RunnerClient,
  files: JobFiles,
  output: JobOutput,
  signal: AbortSignal,
): Promise<void> {
  output.line(`Downloading artifacts of ${dependency.name} (${dependency.id})`);
  await files.withSpool(async (path, archive) => {
    await download(dependency, client, path, output, signal);
    const count = await files.extract(archive);
    output.line(`Extracted ${count} files and folders`);
  });
}

async function download(
  dependency: Dependency,
  client: RunnerClient,
  path: string,
  output: JobOutput,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    let final: boolean;
    let problem: string;
    try {
      const message = await client.downloadArtifacts(dependency, tries === 1, signal);
      const status = message.statusCode ?? 0;
      if (status === 200) {
        await pipeline(message, createWriteStream(path));
        return;
      }
      await text(message);
      problem = `the server answered ${status}`;
      final = [401, 403, 404].includes(status);
    } catch (error) {
      problem = messageOf(error);
      final = false;
    }
    if (final || tries === TRIES || signal.aborted) {
      const whose = `the artifacts of ${dependency.name} (${dependency.id})`;
      throw new JobFailure(`${whose} could not be downloaded: ${problem}`, 'runner_system_failure');
    }
    output.warning(`The download failed (${problem}), trying again`);
    await wait(1000, signal);
  }
}
