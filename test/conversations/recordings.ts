import { gzipSync } from 'node:zlib';
import { zipOf } from '../support/zip.ts';
import type { Conversation, Exchange } from './conversation.ts';
import { type Generation, R13, R15, R17, R19, speakerOf } from './say.ts';

const GENERATIONS = { '13.0': R13, '15.11': R15, '17.11': R17, '19.4': R19 };
const RED = '\x1b[31;1m';
const RESET = '\x1b[0;m';

/** Runners of today stamp each line: when, which stream, of its own or going on with the one before. */
const stamp = (at: number, line: string) =>
  `2026-01-01T00:00:0${at % 10}.00000${at % 10}Z ${at < 3 ? '00' : '01'}O ${line}`;

/** The log of a runner: its own lines with colours and sections, then what the job printed. */
const logOf = (version: string, ...lines: string[]) => {
  const stamped = (line: string, at: number) =>
    line !== '' && version.startsWith('19.') ? stamp(at, line) : line;
  return Buffer.from(
    [
      `\x1b[0KRunning with gitlab-runner ${version} (4d7bd8c1)${RESET}`,
      `section_start:1767225600:prepare_executor\r\x1b[0K\x1b[0K\x1b[36;1mPreparing the "shell" executor${RESET}`,
      'section_end:1767225601:prepare_executor\r\x1b[0K',
      ...lines,
      '',
    ]
      .map(stamped)
      .join('\n'),
  );
};
const SUCCEEDED = `\x1b[32;1mJob succeeded${RESET}`;
const failedLog = (version: string, why: string) => logOf(version, `${RED}ERROR: Job failed: ${why}${RESET}`);

const one = (
  name: string,
  generation: Generation,
  exchanges: (say: ReturnType<typeof speakerOf>) => Exchange[],
) => ({
  name,
  jobs: [{ name: 'build' }],
  exchanges: exchanges(speakerOf(generation)),
});

/** In chunks of these sizes, the last one as long as it must be. */
function inChunks(say: ReturnType<typeof speakerOf>, log: Buffer, ...sizes: number[]): Exchange[] {
  const borders = [0];
  for (const size of sizes) borders.push((borders.at(-1) ?? 0) + size);
  return borders.map((start, index) => say.patch(log, start, borders[index + 1] ?? log.length));
}

const ofEveryGeneration = Object.entries(GENERATIONS).flatMap(([name, generation]): Conversation[] => {
  const good = logOf(generation.version, '$ make', 'compiled', SUCCEEDED);
  const bad = failedLog(generation.version, 'exit status 3');
  const reason = { failure_reason: 'script_failure', ...(generation.checksum ? { exit_code: 3 } : {}) };
  const system = failedLog(generation.version, '(system failure): prepare environment: exit status 1');
  const timeout = failedLog(generation.version, 'execution took longer than 1h0m0s seconds');
  return [
    {
      ...one(`${name}: success`, generation, (say) => [
        say.request('build'),
        ...say.begin(),
        ...inChunks(say, good, 100),
        say.finish('success', good),
      ]),
      ends: { build: { status: 'success', log: good } },
    },
    {
      ...one(`${name}: failure of the script`, generation, (say) => [
        say.request('build'),
        ...say.begin(),
        ...inChunks(say, bad, 60, 40),
        say.finish('failed', bad, reason),
      ]),
      ends: {
        build: {
          status: 'failed',
          failure_reason: 'script_failure',
          ...(generation.checksum ? { exit_code: 3 } : {}),
          log: bad,
        },
      },
    },
    {
      ...one(`${name}: failure of the runner`, generation, (say) => [
        say.request('build'),
        ...say.begin(),
        say.patch(system, 0),
        say.finish('failed', system, { failure_reason: 'runner_system_failure' }),
      ]),
      ends: { build: { status: 'failed', failure_reason: 'runner_system_failure', log: system } },
    },
    {
      ...one(`${name}: the job takes too long`, generation, (say) => [
        say.request('build'),
        ...say.begin(),
        ...inChunks(say, timeout, 80),
        say.heartbeat(timeout.subarray(0, 80)),
        say.finish('failed', timeout, { failure_reason: 'job_execution_timeout' }),
      ]),
      ends: { build: { status: 'failed', failure_reason: 'job_execution_timeout', log: timeout } },
    },
  ];
});

/** Long lines of which many characters have several bytes, so that chunk borders fall within them. */
const LONG = Buffer.from(
  Array.from({ length: 4000 }, (_, index) => `${index} ✓ größer — 試験 🚀 \x1b[32mok\x1b[0m\r\n`).join(''),
);
const longLog: Conversation = {
  ...one('19.4: a long log in many chunks, their borders within characters', R19, (say) => [
    say.request('build'),
    ...say.begin(),
    ...inChunks(say, LONG, 1, 3, 5, 4099, 1, 65_537, 10_007),
    say.finish('success', LONG),
  ]),
  ends: { build: { status: 'success', log: LONG } },
};

const MEBIBYTE = Buffer.alloc(2_500_000, 'a line of a log\n');
const largeChunks: Conversation = {
  ...one('15.11: chunks of a mebibyte', R15, (say) => [
    say.request('build'),
    ...inChunks(say, MEBIBYTE, 1 << 20, 1 << 20),
    say.finish('success', MEBIBYTE),
  ]),
  ends: { build: { status: 'success', log: MEBIBYTE } },
};

const QUIET = logOf(R19.version, '$ sleep 600', SUCCEEDED);
const heartbeats: Conversation = {
  ...one('19.4: nothing to say for long but that it lives', R19, (say) => [
    say.request('build'),
    ...say.begin(),
    say.patch(QUIET, 0, 120),
    say.heartbeat(QUIET.subarray(0, 120)),
    say.heartbeat(QUIET.subarray(0, 120)),
    say.heartbeat(QUIET.subarray(0, 120)),
    say.patch(QUIET, 120),
    say.finish('success', QUIET),
  ]),
  ends: { build: { status: 'success', log: QUIET } },
};

const STOPPED = logOf(R19.version, '$ sleep 600', `${RED}ERROR: Job failed: canceled${RESET}`);
const canceledGracefully: Conversation = {
  ...one('19.4: canceled, and its after_script runs to its end', R19, (say) => [
    say.request('build'),
    ...say.begin(),
    say.patch(STOPPED, 0, 100),
    {
      ...say.patch(STOPPED, 100, 150, {
        status: 202,
        headers: { 'Job-Status': 'canceling', Range: '0-150' },
      }),
      before: 'cancel',
    },
    say.heartbeat(STOPPED.subarray(0, 150), 'canceling'),
    say.patch(STOPPED, 150, STOPPED.length, { status: 202, headers: { 'Job-Status': 'canceling' } }),
    say.finish('failed', STOPPED, { failure_reason: 'unknown_failure' }, 'canceled'),
  ]),
  ends: { build: { status: 'canceled', log: STOPPED } },
};

const ENDED = logOf(R17.version, '$ sleep 600', `${RED}ERROR: Job failed: canceled${RESET}`);
const canceledUnacknowledged: Conversation = {
  ...one('17.11: canceled before it was ever heard of, and ends it gracefully', R17, (say) => [
    say.request('build'),
    {
      ...say.patch(ENDED, 0, 100, { status: 202, headers: { 'Job-Status': 'canceling', Range: '0-100' } }),
      before: 'cancel',
    },
    say.patch(ENDED, 100, ENDED.length, { status: 202, headers: { 'Job-Status': 'canceling' } }),
    say.finish('failed', ENDED, { failure_reason: 'unknown_failure' }, 'canceled'),
  ]),
  ends: { build: { status: 'canceled', log: ENDED } },
};

const CUT = logOf(R15.version, '$ sleep 600');
const canceledHard: Conversation = {
  ...one('15.11: canceled, and told by 403 to stop at once', R15, (say) => [
    say.request('build'),
    say.patch(CUT, 0),
    {
      ...say.patch(Buffer.concat([CUT, Buffer.from('more')]), CUT.length, CUT.length + 4, {
        status: 403,
        headers: { 'Job-Status': 'canceled' },
      }),
      before: 'cancel',
    },
    say.tooLate(CUT, 'canceled'),
  ]),
  ends: { build: { status: 'canceled', log: CUT } },
};

const ARCHIVE = await zipOf({ 'dist/app.js': 'console.log(1)\n'.repeat(2000), 'dist/index.html': '<p>' });
const report = (text: string) => gzipSync(text);
const FILES = {
  archive: { format: 'zip', filename: 'artifacts.zip', bytes: ARCHIVE },
  junit: {
    format: 'gzip',
    filename: 'junit.xml.gz',
    // One member for each file, one behind the other.
    bytes: Buffer.concat([
      report('<testsuite name="a" tests="1"><testcase name="t" classname="c" time="0.1"/></testsuite>'),
      report('<testsuite name="b" tests="0"/>'),
    ]),
  },
  sast: { format: 'raw', filename: 'gl-sast-report.json', bytes: Buffer.from('{"version":"15.0.0"}') },
  dotenv: { format: 'gzip', filename: '.env.gz', bytes: report('VERSION=1.2.3\nNAME=größe\n') },
};
const UPLOADED = logOf(
  R19.version,
  '$ make',
  'Uploading artifacts as "archive" to coordinator... 201 Created',
  SUCCEEDED,
);
const artifacts: Conversation = {
  ...one('19.4: artifacts of several types, in chunks', R19, (say) => [
    say.request('build'),
    ...say.begin(),
    say.patch(UPLOADED, 0, 120),
    ...Object.entries(FILES).map(([type, { format, filename, bytes }]) =>
      say.upload(type, format, filename, bytes, { expire_in: '1 week' }),
    ),
    say.patch(UPLOADED, 120),
    say.finish('success', UPLOADED),
  ]),
  jobs: [
    {
      name: 'build',
      artifacts: { paths: ['dist/'] },
      reports: [{ artifact_type: 'junit', paths: ['*.xml'] }],
    },
  ],
  ends: { build: { status: 'success', log: UPLOADED, artifacts: FILES } },
};

const FIRST = logOf(R19.version, '$ make', SUCCEEDED);
const SECOND = logOf(R19.version, 'Downloading artifacts from coordinator... ok', SUCCEEDED);
const dependencies: Conversation = {
  name: '19.4: a job fetches what the one before it left, and knows its variables',
  jobs: [
    { name: 'build', stage_idx: 1, artifacts: { paths: ['dist/'] } },
    { name: 'test', stage_idx: 2 },
  ],
  exchanges: ((say: ReturnType<typeof speakerOf>) => [
    say.request('build'),
    ...say.begin(),
    say.patch(FIRST, 0),
    say.upload('archive', 'zip', 'artifacts.zip', ARCHIVE),
    say.upload('dotenv', 'gzip', '.env.gz', FILES.dotenv.bytes),
    say.finish('success', FIRST),
    say.request('test'),
    ...say.begin(),
    say.download(ARCHIVE),
    say.patch(SECOND, 0),
    say.finish('success', SECOND),
  ])(speakerOf(R19)),
  ends: { build: { status: 'success', log: FIRST }, test: { status: 'success', log: SECOND } },
};

/** Every kind of job, as runners of four generations tell of it. */
export const CONVERSATIONS: Conversation[] = [
  ...ofEveryGeneration,
  longLog,
  largeChunks,
  heartbeats,
  canceledGracefully,
  canceledUnacknowledged,
  canceledHard,
  artifacts,
  dependencies,
];
