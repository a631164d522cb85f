import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { RunnerClient } from './client.ts';
import { JobFailure } from './failure.ts';
import type { Job } from './job-payload.ts';
import type { JobOutput } from './job-output.ts';
import { messageOf } from './log.ts';
import { readPlainFile } from './read-plain-file.ts';

/** Bytes of what the step `release` leaves. */
const LARGEST = 1024 * 1024;

const OPTIONS = {
  name: { type: 'string' },
  description: { type: 'string' },
  'tag-name': { type: 'string' },
  'tag-message': { type: 'string' },
  ref: { type: 'string' },
  'released-at': { type: 'string' },
  milestone: { type: 'string', multiple: true },
  'assets-link': { type: 'string', multiple: true },
} as const;

/**
 * Makes the release that the step `release` has described in `file`: what it would give `release-cli`, its variables filled
 * in, each word ended by NUL. The API is asked with the job's token, so the job needs no program for it.
 * @throws JobFailure when the server does not want it
 */
export async function makeRelease(
  job: Job,
  file: string,
  { client, output, signal }: { client: RunnerClient; output: JobOutput; signal: AbortSignal },
): Promise<void> {
  const fail = (why: string): never => {
    output.error(`The release was not made: ${why}`);
    throw new JobFailure(`the release was not made: ${why}`, 'script_failure');
  };
  try {
    const reply = await client.createRelease(job, job.job_info.project_id, await described(file), signal);
    if (reply.status !== 201) fail(`the server says ${reply.status} ${reply.body.toString()}`);
    const { name, tag_name } = JSON.parse(reply.body.toString()) as { name: string; tag_name?: string };
    output.line(`Released ${name} (tag ${tag_name ?? 'not shown'})`);
  } catch (error) {
    if (error instanceof JobFailure) throw error;
    fail(messageOf(error));
  }
}

async function described(file: string): Promise<object> {
  const stream = await readPlainFile(file);
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LARGEST) stream.destroy(new Error(`it is described in more than ${LARGEST} bytes`));
  });
  const words = (await buffer(stream)).toString('utf8').split('\0').slice(0, -1);
  const { values } = parseArgs({ args: words, options: OPTIONS });
  const links = (values['assets-link'] ?? []).map((json) => JSON.parse(json) as unknown);
  return {
    tag_name: values['tag-name'],
    tag_message: values['tag-message'],
    name: values.name,
    description: values.description,
    ref: values.ref,
    released_at: values['released-at'],
    milestones: values.milestone,
    ...(links.length > 0 && { assets: { links } }),
  };
}
