import http, { type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';

/** A reply as it came. */
export interface RunnerReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Of a job's payload, what tests look at. */
export interface JobPayload {
  id: number;
  token: string;
  job_info: { name: string; stage: string; project_id: number };
  git_info: { repo_url: string; sha: string; refspecs: string[] };
  variables: { key: string; value: string; masked: boolean; public: boolean }[];
  steps: { name: string; script: string[] }[];
  hooks: { name: string; script: string[] }[];
  run?: string;
  inputs?: object[];
  dependencies: { id: number; token: string; name: string; artifacts_file: { filename: string } }[];
}

/** What a runner of today says it can do. */
export const FEATURES = Object.fromEntries(
  [
    'variables',
    'artifacts',
    'cache',
    'upload_multiple_artifacts',
    'upload_raw_artifacts',
    'refspecs',
    'masking',
    'raw_variables',
    'artifacts_exclude',
    'multi_build_steps',
    'trace_reset',
    'trace_checksum',
    'trace_size',
    'cancelable',
    'return_exit_code',
    'fallback_cache_keys',
    'cancel_gracefully',
    'two_phase_job_commit',
  ].map((name) => [name, true]),
);

/**
 * Speaks the runner protocol without running anything: what tests and the benchmark share. One connection
 * for each call under way, kept open between calls.
 */
export class SimulatedRunner {
  readonly url: string;
  readonly token: string;
  readonly system_id: string;
  readonly features: Record<string, boolean>;
  readonly #agent = new http.Agent({ keepAlive: true });
  last_update: string | undefined;

  constructor(
    url: string,
    token: string,
    {
      features = FEATURES,
      system_id = 'r_simulated001',
    }: Partial<Pick<SimulatedRunner, 'features' | 'system_id'>> = {},
  ) {
    this.url = url;
    this.token = token;
    this.features = features;
    this.system_id = system_id;
  }

  get info() {
    return {
      name: 'gitlab-runner',
      version: '19.4.0',
      revision: '0000000',
      platform: 'linux',
      architecture: 'amd64',
      executor: 'shell',
      shell: 'bash',
      features: this.features,
      config: { gpus: '' },
    };
  }

  /** Asks for a job; the request is held while there is none. */
  async request(signal?: AbortSignal): Promise<RunnerReply & { job: JobPayload | null }> {
    const { token, system_id, info, last_update } = this;
    const body = { token, system_id, info, ...(last_update === undefined ? {} : { last_update }) };
    const reply = await this.json('POST', '/jobs/request', body, signal);
    const seen = reply.headers['x-gitlab-last-update'];
    if (typeof seen === 'string') this.last_update = seen;
    const job = reply.status === 201 ? (JSON.parse(reply.body.toString()) as JobPayload) : null;
    return { ...reply, job };
  }

  /** PUT /jobs/:id with this state. */
  async update(
    job: Pick<JobPayload, 'id' | 'token'>,
    state: string,
    more: object = {},
  ): Promise<RunnerReply> {
    return this.json('PUT', `/jobs/${job.id}`, { token: job.token, state, info: this.info, ...more });
  }

  running(job: Pick<JobPayload, 'id' | 'token'>): Promise<RunnerReply> {
    return this.update(job, 'running', { output: {} });
  }

  /** Ends the job; `log` is all that the runner has to say, for checksum and length. */
  finish(
    job: Pick<JobPayload, 'id' | 'token'>,
    state: 'success' | 'failed',
    log: Uint8Array | string = '',
    more: object = {},
  ): Promise<RunnerReply> {
    const bytes = Buffer.from(log);
    const checksum = `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`;
    return this.update(job, state, { checksum, output: { checksum, bytesize: bytes.length }, ...more });
  }

  /** Sends a chunk of the log that begins at byte `start`. */
  patch(
    job: Pick<JobPayload, 'id' | 'token'>,
    chunk: Uint8Array | string,
    start = 0,
    query = '?debug_trace=false',
  ): Promise<RunnerReply> {
    const bytes = Buffer.from(chunk);
    return this.send('PATCH', `/jobs/${job.id}/trace${query}`, bytes, {
      'JOB-TOKEN': job.token,
      'Content-Type': 'text/plain',
      'Content-Range': `${start}-${start + bytes.length - 1}`,
    });
  }

  /** Uploads a file in chunks, as the runner does: without a length. */
  artifact(
    job: Pick<JobPayload, 'id' | 'token'>,
    file: Uint8Array,
    query: Record<string, string> = {},
    filename = 'artifacts.zip',
  ): Promise<RunnerReply> {
    const boundary = 'ofTheSimulatedRunner';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
    const params = new URLSearchParams({ artifact_format: 'zip', artifact_type: 'archive', ...query });
    return this.send('POST', `/jobs/${job.id}/artifacts?${params}`, body, {
      'JOB-TOKEN': job.token,
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Transfer-Encoding': 'chunked',
    });
  }

  /** Fetches the archive of the job `id` with this token. */
  download(id: number, token: string): Promise<RunnerReply> {
    return this.send('GET', `/jobs/${id}/artifacts?direct_download=true`, null, { 'JOB-TOKEN': token });
  }

  json(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<RunnerReply> {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
    return this.send(method, path, Buffer.from(JSON.stringify(body)), headers, signal);
  }

  /** One exchange; the path starts below /api/v4. */
  send(
    method: string,
    path: string,
    body: Buffer | null,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<RunnerReply> {
    return new Promise((resolve, reject) => {
      const chunked = headers['Transfer-Encoding'] === 'chunked';
      const length = body && !chunked ? { 'Content-Length': String(body.length) } : {};
      const request = http.request(`${this.url}/api/v4${path}`, {
        method,
        headers: { 'User-Agent': 'gitlab-runner 19.4.0 (simulated)', ...headers, ...length },
        agent: this.#agent,
        ...(signal ? { signal } : {}),
      });
      request.on('error', reject);
      request.on('response', (response) => {
        buffer(response).then(
          (bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes }),
          reject,
        );
      });
      request.end(body ?? undefined);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
