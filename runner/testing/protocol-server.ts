import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';

/** What the server knows about a job. */
export interface ServedJob {
  id: number;
  token: string;
  status: 'pending' | 'running' | 'canceling' | 'canceled' | 'success' | 'failed';
  trace: Buffer;
  /** When a call was first answered with 403; epoch milliseconds. */
  refused_at: number | undefined;
  /** Bodies of the PUT requests, in their order. */
  updates: Record<string, unknown>[];
  uploads: { query: URLSearchParams; filename: string; bytes: Buffer }[];
  /** What GET …/artifacts answers with. */
  archive: Buffer | undefined;
}

/** Decides a request's fate before it is looked at: a status, a cut connection, or nothing unusual. */
export type Trouble = (request: IncomingMessage) => number | 'cut' | undefined;

/**
 * The server's side of the runner protocol, as small as tests can do with: jobs are queued and handed out, logs
 * and artifacts kept, and git is served by git itself.
 */
export class ProtocolServer {
  readonly jobs = new Map<number, ServedJob>();
  readonly requests: { method: string; path: string; headers: IncomingMessage['headers'] }[] = [];
  trouble: Trouble = () => undefined;
  /** Folder of bare repositories that are served below /git/. */
  gitRoot = '';
  /** Answers to /jobs/:id/artifacts are sent from another address when this is set. */
  storage = '';
  readonly #server: Server;
  readonly #queue: Record<string, unknown>[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.keepAliveTimeout = 95_000;
  }

  async listen(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Queues a job; what is given stands beside or replaces the usual payload. */
  enqueue(id: number, payload: Record<string, unknown>): ServedJob {
    const job = this.add(id);
    this.#queue.push({
      id,
      token: job.token,
      allow_git_fetch: true,
      job_info: { name: `job ${id}`, stage: 'test', project_id: 7, project_name: 'app' },
      git_info: {
        repo_url: `${this.url}/none.git`,
        ref: 'main',
        sha: '0'.repeat(40),
        refspecs: [],
        depth: 0,
      },
      runner_info: { timeout: 60 },
      variables: [{ key: 'GIT_STRATEGY', value: 'none' }],
      steps: [],
      features: {
        trace_sections: true,
        failure_reasons: ['script_failure', 'runner_interrupted', 'unknown_failure'],
      },
      ...payload,
    });
    return job;
  }

  /** A job that is known, but not queued. */
  add(id: number): ServedJob {
    const job: ServedJob = {
      id,
      token: `glcbt-64_${String(id).padStart(20, 'x')}`,
      status: 'pending',
      trace: Buffer.alloc(0),
      refused_at: undefined,
      updates: [],
      uploads: [],
      archive: undefined,
    };
    this.jobs.set(id, job);
    return job;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push({ method: request.method ?? '', path: url.pathname, headers: request.headers });
    const trouble = this.trouble(request);
    if (trouble === 'cut') {
      request.socket.destroy();
      return;
    }
    if (trouble !== undefined) {
      await buffer(request);
      response.writeHead(trouble).end(`{"message":"${trouble}"}`);
      return;
    }
    const found = /^\/api\/v4\/jobs\/(\d+)(\/\w+)?$/.exec(url.pathname);
    if (url.pathname === '/api/v4/runners/verify')
      json(response, 200, { id: 1, token: 'x', token_expires_at: null });
    else if (url.pathname === '/api/v4/jobs/request') await this.#handOut(request, response);
    else if (url.pathname.startsWith('/git/')) await this.#git(request, response, url);
    else if (found) await this.#jobCall(Number(found[1]), found[2] ?? '', url, request, response);
    else response.writeHead(404).end();
  }

  async #handOut(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await buffer(request);
    for (let waited = 0; waited < 3100 && !response.closed; waited += 10) {
      const job = this.#queue.shift();
      if (job) return json(response, 201, job);
      await sleep(10);
    }
    response.writeHead(204, { 'X-GitLab-Last-Update': 'abc' }).end();
  }

  async #jobCall(
    id: number,
    what: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const job = this.jobs.get(id);
    const body = await buffer(request);
    if (!job || (what !== '' && request.headers['job-token'] !== job.token && request.method !== 'GET')) {
      response.writeHead(403).end();
      return;
    }
    if (request.method === 'GET') return this.#sendArchive(job, url, request, response);
    const isOpen = job.status === 'running' || job.status === 'canceling';
    if (request.method === 'PUT') {
      const update = JSON.parse(body.toString()) as Record<string, unknown>;
      job.updates.push(update);
      if (update['token'] !== job.token || (!isOpen && job.status !== 'pending'))
        return reply(response, job, 403);
      if (update['state'] === 'running') job.status = job.status === 'pending' ? 'running' : job.status;
      else if (job.status === 'pending') return reply(response, job, 400);
      else job.status = job.status === 'canceling' ? 'canceled' : (update['state'] as 'success' | 'failed');
      return reply(response, job, 200);
    }
    if (!isOpen) return reply(response, job, 403);
    if (what === '/artifacts') {
      job.uploads.push({ query: url.searchParams, ...multipart(request, body) });
      return reply(response, job, 201);
    }
    const start = Number(/^\d+/.exec(request.headers['content-range'] ?? '')?.[0]);
    const fits = start === job.trace.length;
    if (fits) job.trace = Buffer.concat([job.trace, body]);
    reply(response, job, fits || start + body.length === job.trace.length ? 202 : 416);
  }

  #sendArchive(job: ServedJob, url: URL, request: IncomingMessage, response: ServerResponse): void {
    if (this.storage && url.searchParams.has('direct_download')) {
      response.writeHead(302, { Location: `${this.storage}${url.pathname}` }).end();
    } else if (job.archive && (request.headers['job-token'] || this.storage === '')) {
      response.writeHead(200).end(job.archive);
    } else {
      response.writeHead(job.archive ? 401 : 404).end();
    }
  }

  /** Serves a repository to whoever knows the token of a running job. */
  async #git(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const body = await buffer(request);
    const [, given] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
    const [user, password] = Buffer.from(given ?? '', 'base64')
      .toString()
      .split(':');
    const isKnown = [...this.jobs.values()].some(
      ({ token, status }) => token === password && status === 'running',
    );
    if (user !== 'gitlab-ci-token' || !isKnown) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: this.gitRoot,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        PATH_INFO: url.pathname.slice('/git'.length),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        CONTENT_LENGTH: String(body.length),
      },
    });
    // Git may end before it has read all that it was told.
    backend.stdin.on('error', () => undefined);
    backend.stdin.end(body);
    const output = await buffer(backend.stdout);
    const cut = output.indexOf('\r\n\r\n');
    for (const line of output.subarray(0, cut).toString().split('\r\n')) {
      const [name, value] = line.split(': ');
      if (name === 'Status') response.statusCode = Number.parseInt(value ?? '', 10);
      else if (name && value) response.setHeader(name, value);
    }
    response.end(output.subarray(cut + 4));
  }
}

/** As the runner writes it in its last update. */
export function checksum(bytes: Buffer): string {
  return `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`;
}

function reply(response: ServerResponse, job: ServedJob, status: number): void {
  if (status === 403) job.refused_at ??= Date.now();
  response.writeHead(status, {
    'Job-Status': job.status,
    Range: `0-${job.trace.length}`,
    'X-GitLab-Trace-Update-Interval': '1',
  });
  response.end(String(status));
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function multipart(request: IncomingMessage, body: Buffer): { filename: string; bytes: Buffer } {
  const boundary = /boundary=(.*)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
  const start = body.indexOf('\r\n\r\n') + 4;
  const filename = /filename="(.*?)"/.exec(body.subarray(0, start).toString())?.[1] ?? '';
  return { filename, bytes: body.subarray(start, body.lastIndexOf(`\r\n--${boundary}--`)) };
}
