import { crc32 } from 'node:zlib';
import type { Exchange, Expected } from './conversation.ts';

/** How a generation of runners talks. */
export interface Generation {
  version: string;
  agent: string;
  features: string[];
  /** Names its machine. */
  system_id?: string;
  /** Sends X-Request-Id, and says how it ended with `output`. */
  checksum: boolean;
  /** Says `running` first, and waits for it to be acknowledged. */
  acknowledges: boolean;
  /** Writes the length behind the range. */
  total: boolean;
}

const SHELL = [
  'variables',
  'artifacts',
  'cache',
  'shared',
  'upload_multiple_artifacts',
  'upload_raw_artifacts',
  'session',
  'terminal',
  'refspecs',
  'masking',
  'raw_variables',
  'artifacts_exclude',
  'multi_build_steps',
];

/** Thirteen: no acknowledgement, no checksum, no exit code, no graceful cancel, no machine. */
export const R13: Generation = {
  version: '13.0.1',
  agent: 'gitlab-runner 13.0.1 (13-0-stable; go1.13.8; linux/amd64)',
  features: SHELL,
  checksum: false,
  acknowledges: false,
  total: true,
};

export const R15: Generation = {
  version: '15.11.1',
  agent: 'gitlab-runner 15.11.1 (15-11-stable; go1.19.8; linux/amd64)',
  features: [
    ...SHELL,
    'trace_reset',
    'trace_checksum',
    'trace_size',
    'vault_secrets',
    'cancelable',
    'return_exit_code',
    'fallback_cache_keys',
  ],
  system_id: 's_2f5b1c0a9d3e',
  checksum: true,
  acknowledges: false,
  total: false,
};

/** Seventeen: stops gracefully what is canceled, and still takes a job without acknowledging it. */
export const R17: Generation = {
  ...R15,
  version: '17.11.0',
  agent: 'gitlab-runner 17.11.0 (17-11-stable; go1.23.6; linux/amd64)',
  features: [...R15.features, 'cancel_gracefully'],
};

export const R19: Generation = {
  version: '19.4.0',
  agent: 'gitlab-runner 19.4.0 (19-4-stable; go1.24.4; linux/amd64)',
  features: [...R17.features, 'native_steps_integration', 'two_phase_job_commit', 'job_inputs'],
  system_id: 's_2f5b1c0a9d3e',
  checksum: true,
  acknowledges: true,
  total: false,
};

const ALL_FEATURES = [
  ...R19.features,
  'image',
  'services',
  'proxy',
  'service_variables',
  'service_multiple_aliases',
  'image_executor_opts',
  'service_executor_opts',
];

const json = (body: object) => Buffer.from(JSON.stringify(body));
const crc = (log: Buffer) => `crc32:${crc32(log).toString(16).padStart(8, '0')}`;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const LOST_RUN = { status: 403, headers: { 'Job-Status': /./ } };

/** What a runner of this generation says, with the replies it hears when nothing goes wrong. */
export function speakerOf(generation: Generation) {
  const { version, agent, features, system_id, checksum, acknowledges, total } = generation;
  let calls = 0;
  const info = {
    name: 'gitlab-runner',
    version,
    revision: '4d7bd8c1',
    platform: 'linux',
    architecture: 'amd64',
    executor: 'shell',
    shell: 'bash',
    features: Object.fromEntries(ALL_FEATURES.map((name) => [name, features.includes(name)])),
    config: { gpus: '' },
  };
  const headers = (more: Record<string, string>) => ({
    'User-Agent': agent,
    ...(acknowledges ? { 'X-Request-Id': (++calls).toString(16).padStart(32, '0') } : {}),
    'Accept-Encoding': 'gzip',
    ...more,
  });
  const put = (state: string, more: object, log: Buffer | null, reply: Expected): Exchange => ({
    kind: state === 'running' ? 'running' : 'finish',
    method: 'PUT',
    path: '/jobs/{job}',
    headers: headers({ ...JSON_TYPE, ...(acknowledges ? { 'JOB-TOKEN': '{job_token}' } : {}) }),
    body: json({
      info,
      token: '{job_token}',
      state,
      ...more,
      ...(checksum && log ? { checksum: crc(log) } : {}),
      ...(checksum ? { output: log ? { checksum: crc(log), bytesize: log.length } : {} } : {}),
    }),
    reply,
  });

  return {
    /** POST /jobs/request. */
    request(name: string, more: object = {}): Exchange {
      return {
        kind: 'request',
        method: 'POST',
        path: '/jobs/request',
        headers: headers({
          ...JSON_TYPE,
          Accept: 'application/json',
          ...(acknowledges ? { 'RUNNER-TOKEN': '{runner_token}' } : {}),
        }),
        body: json({ info, token: '{runner_token}', ...(system_id ? { system_id } : {}) }),
        reply: {
          status: 201,
          headers: { 'Content-Type': 'application/json' },
          json: { job_info: { name }, ...more },
        },
        again: { status: 204, headers: { 'X-GitLab-Last-Update': /^\S+$/ } },
      };
    },
    /** The runner of today says first that it has the job. */
    begin: (): Exchange[] => (acknowledges ? [put('running', {}, null, is(200, 'running'))] : []),
    /** A sign of life, when there is nothing to send of the log. */
    heartbeat: (log: Buffer, status = 'running') => put('running', {}, log, is(200, status)),
    /** PATCH of the log's bytes from `start` to before `end`. */
    patch(log: Buffer, start: number, end = log.length, reply?: Expected): Exchange {
      return {
        kind: 'patch',
        method: 'PATCH',
        path: '/jobs/{job}/trace?debug_trace=false',
        headers: headers({
          'JOB-TOKEN': '{job_token}',
          'Content-Type': 'text/plain',
          'Content-Range': `${start}-${end - 1}${total ? `/${end}` : ''}`,
        }),
        body: log.subarray(start, end),
        start,
        reply: reply ?? {
          status: 202,
          headers: { 'Job-Status': 'running', Range: `0-${end}`, 'X-GitLab-Trace-Update-Interval': /^\d+$/ },
        },
      };
    },
    /** The last word about a job, which becomes `status`. */
    finish(state: 'success' | 'failed', log: Buffer, more: object = {}, status: string = state): Exchange {
      const again = { status: 403, headers: { 'Job-Status': status } };
      return { ...put(state, more, log, is(200, status)), again };
    },
    /** The last word about a job that the server has ended meanwhile. */
    tooLate: (log: Buffer, status: string): Exchange =>
      put('failed', { failure_reason: 'unknown_failure' }, log, {
        ...LOST_RUN,
        headers: { 'Job-Status': status },
      }),
    /** An upload as the helper process makes it: a form of one part, in chunks. */
    upload(
      type: string,
      format: string,
      filename: string,
      bytes: Buffer,
      more: Record<string, string> = {},
    ): Exchange {
      const boundary = 'c2a5bd0d1e7f8f1b5bb6c3c5a4c1b1f0e0d9c8b7a6958473625140f3e2d1';
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
      const query = new URLSearchParams({ artifact_format: format, artifact_type: type, ...more });
      return {
        kind: 'upload',
        method: 'POST',
        path: `/jobs/{job}/artifacts?${query}`,
        headers: headers({
          'JOB-TOKEN': '{job_token}',
          'Content-Type': `multipart/form-data; boundary=${boundary}`,
        }),
        body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
        chunked: 4096,
        reply: { status: 201 },
      };
    },
    /** A download of the artifacts of the job it depends on. */
    download: (bytes: Buffer): Exchange => ({
      kind: 'download',
      method: 'GET',
      path: '/jobs/{dependency}/artifacts?direct_download=true',
      headers: headers({ 'JOB-TOKEN': '{job_token}' }),
      body: null,
      reply: { status: 200, bytes },
    }),
  };
}

const is = (status: number, job: string): Expected => ({ status, headers: { 'Job-Status': job } });
