import { type Connection, requestBytes } from '../frame/connection.ts';
import type { asForm } from './archive.ts';

/** Uploads the form as the artifacts of this job. @throws Error unless it is taken */
export async function upload(
  connection: Connection,
  job: { id: number; token: string },
  { type, length, parts }: ReturnType<typeof asForm>,
): Promise<void> {
  const path = `/api/v4/jobs/${job.id}/artifacts?artifact_format=zip&artifact_type=archive`;
  const head = { 'JOB-TOKEN': job.token, 'Content-Type': type, 'Content-Length': String(length) };
  const answer = await connection.exchange(requestBytes('POST', path, head), ...parts);
  if (answer.status !== 201) throw new Error(`${answer.status}: ${answer.body.toString()}`);
}
