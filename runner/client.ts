import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { open, send, type Reply, type Request } from './http.ts';
import { RUNNER_INFO, VERSION } from './runner-info.ts';

/** What a running job's calls are answered with: the code, and what the headers say about the job. */
export interface JobReply {
  status: number;
  /** `Job-Status`: the job's status after the call; empty when the server does not say. */
  job_status: string;
  /** Bytes of the log that the server has, from `Range: 0-<bytes>`. */
  stored: number | undefined;
  /** Seconds, from `X-GitLab-Trace-Update-Interval`. */
  update_interval: number | undefined;
}

/** Names a job to the server: its number, and the token that proves who runs it. */
export interface JobKey {
  id: number;
  token: string;
}

export interface JobUpdate {
  state: 'running' | 'success' | 'failed';
  failure_reason?: string;
  exit_code?: number;
  checksum?: string;
  bytesize?: number;
}

export interface ArtifactUpload {
  file: () => Readable;
  /** Bytes of the file. */
  size: number;
  filename: string;
  artifact_format: string;
  artifact_type: string;
  expire_in: string;
}

const MINUTE = 60_000;

/** The calls of the runner protocol. Every method throws only when the connection is lost. */
export class RunnerClient {
  readonly #base: string;
  readonly #token: string;
  readonly #systemId: string;

  constructor(url: string, token: string, systemId: string) {
    this.#base = `${url}/api/v4`;
    this.#token = token;
    this.#systemId = systemId;
  }

  /** POST /runners/verify. */
  async verify(signal: AbortSignal): Promise<Reply> {
    return await send({
      ...this.#json('POST', '/runners/verify', {
        token: this.#token,
        system_id: this.#systemId,
        info: RUNNER_INFO,
      }),
      signal,
    });
  }

  /** POST /jobs/request; the server may hold an idle request for some time. */
  async requestJob(lastUpdate: string, signal: AbortSignal): Promise<Reply> {
    const body = {
      token: this.#token,
      system_id: this.#systemId,
      info: RUNNER_INFO,
      ...(lastUpdate ? { last_update: lastUpdate } : {}),
    };
    return await send({ ...this.#json('POST', '/jobs/request', body), timeout: 10 * MINUTE, signal });
  }

  /** PUT /jobs/:id. */
  async updateJob(job: JobKey, update: JobUpdate, signal?: AbortSignal): Promise<JobReply> {
    const { checksum, bytesize, ...rest } = update;
    const output = checksum === undefined ? {} : { checksum, bytesize };
    const body = { token: job.token, info: RUNNER_INFO, ...rest, output };
    const request = this.#json('PUT', `/jobs/${job.id}`, body);
    request.headers['JOB-TOKEN'] = job.token;
    return jobReply(await send({ ...request, signal }));
  }

  /** PATCH /jobs/:id/trace with the bytes that begin at `start`. */
  async patchTrace(
    job: JobKey,
    start: number,
    bytes: Buffer,
    debugTrace: boolean,
    signal?: AbortSignal,
  ): Promise<JobReply> {
    const reply = await send({
      method: 'PATCH',
      url: new URL(`${this.#base}/jobs/${job.id}/trace?debug_trace=${debugTrace}`),
      headers: {
        ...this.#headers(),
        'JOB-TOKEN': job.token,
        'Content-Type': 'text/plain',
        'Content-Range': `${start}-${start + bytes.length - 1}`,
      },
      body: bytes,
      timeout: MINUTE,
      signal,
    });
    return jobReply(reply);
  }

  /** POST /jobs/:id/artifacts; returns the status and the server's message. */
  async uploadArtifact(
    job: JobKey,
    upload: ArtifactUpload,
    signal: AbortSignal,
  ): Promise<{ status: number; message: string }> {
    const url = new URL(`${this.#base}/jobs/${job.id}/artifacts`);
    for (const name of ['artifact_format', 'artifact_type', 'expire_in'] as const) {
      if (upload[name]) url.searchParams.set(name, upload[name]);
    }
    const boundary = `jobyard-${crypto.randomUUID()}`;
    const filename = upload.filename.replace(/[\r\n"\\]/g, '_');
    const head = Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    );
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
    const reply = await send({
      method: 'POST',
      url,
      headers: {
        ...this.#headers(),
        'JOB-TOKEN': job.token,
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
        'Content-Length': String(head.length + upload.size + tail.length),
      },
      body: Readable.from(parts(head, upload.file(), tail), { objectMode: false }),
      timeout: 60 * MINUTE,
      signal,
    });
    return { status: reply.status, message: messageIn(reply) };
  }

  /**
   * GET /jobs/:id/artifacts of the job that made them. Follows redirects; the job's token goes to the server
   * alone, never to the storage a redirect leads to.
   */
  async downloadArtifacts(producer: JobKey, direct: boolean, signal: AbortSignal): Promise<IncomingMessage> {
    let url = new URL(`${this.#base}/jobs/${producer.id}/artifacts${direct ? '?direct_download=true' : ''}`);
    const { origin } = url;
    for (let hops = 0; ; hops += 1) {
      const own = url.origin === origin;
      const headers = { ...this.#headers(), ...(own ? { 'JOB-TOKEN': producer.token } : {}) };
      const message = await open({ method: 'GET', url, headers, timeout: 60 * MINUTE, signal });
      const { location } = message.headers;
      if (![301, 302, 303, 307, 308].includes(message.statusCode ?? 0) || !location || hops === 5)
        return message;
      message.destroy();
      url = new URL(location, url);
    }
  }

  #headers(): Record<string, string> {
    return {
      'User-Agent': `jobyard-runner ${VERSION}`,
      'X-Request-Id': crypto.randomUUID().replaceAll('-', ''),
    };
  }

  /** POST /projects/:id/releases, as the job. */
  async createRelease(job: JobKey, project_id: number, release: object, signal: AbortSignal): Promise<Reply> {
    const request = this.#json('POST', `/projects/${project_id}/releases`, release);
    return await send({ ...request, headers: { ...request.headers, 'JOB-TOKEN': job.token }, signal });
  }

  #json(method: 'POST' | 'PUT', path: string, body: object): Request {
    const headers: Record<string, string> = {
      ...this.#headers(),
      'Content-Type': 'application/json',
      Accept: 'application/json',
    };
    if (method === 'POST') headers['RUNNER-TOKEN'] = this.#token;
    return {
      method,
      url: new URL(this.#base + path),
      headers,
      body: Buffer.from(JSON.stringify(body)),
      timeout: MINUTE,
    };
  }
}

/** The last number of a `Range: 0-<bytes>` header; undefined when there is none. */
export function storedBytes(range: string | undefined): number | undefined {
  const found = /-(\d+)$/.exec(range ?? '');
  return found ? Number(found[1]) : undefined;
}

async function* parts(head: Buffer, file: Readable, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  yield* file;
  yield tail;
}

function jobReply({ status, headers }: Reply): JobReply {
  const interval = Number(headers['x-gitlab-trace-update-interval']);
  return {
    status,
    job_status: String(headers['job-status'] ?? ''),
    stored: storedBytes(headers['range']),
    update_interval: interval > 0 ? interval : undefined,
  };
}

function messageIn(reply: Reply): string {
  try {
    const json: unknown = JSON.parse(reply.body.toString());
    if (typeof json !== 'object' || json === null) return '';
    const found = 'message' in json ? json.message : 'error' in json ? json.error : '';
    return typeof found === 'string' ? found : JSON.stringify(found);
  } catch {
    return '';
  }
}
