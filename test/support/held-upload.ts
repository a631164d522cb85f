import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { RunnerHouse } from './runner-house.ts';
import type { JobPayload, RunnerReply } from './simulated-runner.ts';

/**
 * Begins the upload of an artifact and holds its second half back: the server has let it in, and receives it. What is
 * answered sends the rest.
 */
export async function heldUpload(
  { url, parts }: RunnerHouse,
  job: Pick<JobPayload, 'id' | 'token'>,
  file: Uint8Array,
  query = 'artifact_format=zip&artifact_type=archive',
): Promise<() => Promise<RunnerReply>> {
  const staging = join(parts.config.data, 'blobs/tmp');
  const before = (await readdir(staging)).length;
  const request = http.request(`${url}/api/v4/jobs/${job.id}/artifacts?${query}`, {
    method: 'POST',
    headers: {
      'JOB-TOKEN': job.token,
      'Content-Type': 'multipart/form-data; boundary=b',
      'Transfer-Encoding': 'chunked',
    },
  });
  const half = Math.floor(file.length / 2);
  const reply = once(request, 'response') as Promise<[IncomingMessage]>;
  reply.catch(() => {});
  request.write('--b\r\nContent-Disposition: form-data; name="file"; filename="artifacts.zip"\r\n\r\n');
  request.write(file.subarray(0, half));
  await expect.poll(() => readdir(staging), { interval: 10 }).toHaveLength(before + 1);
  return async () => {
    request.write(file.subarray(half));
    request.end('\r\n--b--\r\n');
    const [response] = await reply;
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await buffer(response),
    };
  };
}
