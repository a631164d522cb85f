import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, ApiReply } from '../support/api.ts';
import { tryGit } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import type { JobPayload, RunnerReply, SimulatedRunner } from '../support/simulated-runner.ts';
import type { Ledger } from './ledger.ts';

/** Between two tries of what a server that is not there did not answer. */
const AGAIN_MS = 50;

/** Asks until there is an answer that is not the server's trouble, as runners do. Undefined when `signal` ends it. */
async function insist<Reply extends { status: number }>(
  ask: () => Promise<Reply>,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  while (!signal.aborted) {
    const reply = await ask().catch(() => undefined);
    if (reply && reply.status < 500) return reply;
    await sleep(AGAIN_MS);
  }
  return undefined;
}

/** Pushes a commit to a new branch at a time, until `signal`. */
export async function pushForever(
  { tree, remote, name, ready }: Pusher,
  configuration: (round: number) => string,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 1; !signal.aborted; round += 1) {
    await writeFile(join(tree, '.gitlab-ci.yml'), configuration(round));
    await git(tree, 'add', '--all');
    await git(tree, 'commit', '--quiet', '--allow-empty', '--message', `Round ${round}`);
    const sha = (await git(tree, 'rev-parse', 'HEAD')).trim();
    const ref = `${name}-${round}`;
    const { ok } = await tryGit(tree, 'push', '--quiet', remote, `HEAD:refs/heads/${ref}`);
    if (ok) ledger.note({ kind: 'pushed', ref, sha });
    else await insist(ready, signal);
  }
}

export interface Pusher {
  /** The work tree, which is the pusher's alone. */
  tree: string;
  remote: string;
  /** Of the branches, before their numbers. */
  name: string;
  /** Whether the server is there: one that is not is not pushed to. */
  ready: () => Promise<{ status: number }>;
}

/** Changes a project's description, again and again, until `signal`. */
export async function setForever(
  api: Api,
  project: number,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const setting = `description of ${project}`;
  for (let round = 1; !signal.aborted; round += 1) {
    const value = `round ${round}`;
    ledger.note({ kind: 'asked', setting, value });
    const change = () => api('PUT', `/projects/${project}`, { body: { description: value } });
    const reply = await change().catch((): ApiReply<unknown> | undefined => undefined);
    if (reply?.status === 200) ledger.note({ kind: 'set', setting, value });
    await sleep(AGAIN_MS);
  }
}

/** Takes jobs and does as if it ran them, until `signal`. */
export async function runForever(
  runner: SimulatedRunner,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const reply = await insist(() => runner.request(signal), signal);
    if (reply?.job) await runJob(runner, reply.job, ledger, signal);
  }
}

async function runJob(runner: SimulatedRunner, job: JobPayload, ledger: Ledger, signal: AbortSignal) {
  const mine = await insist(() => runner.running(job), signal);
  if (mine?.status !== 200) return;
  ledger.note({ kind: 'begun', job: job.id, runner: runner.system_id });
  const log = Buffer.from(randomBytes(500 + Math.floor(Math.random() * 20_000)).toString('base64'));
  if (!(await sendLog(runner, job, log, ledger, signal))) return;
  if (job.id % 2 === 0) {
    const file = randomBytes(1 + Math.floor(Math.random() * 300_000));
    const taken = await insist(() => runner.artifact(job, file), signal);
    if (taken?.status === 201)
      ledger.note({
        kind: 'uploaded',
        job: job.id,
        sha256: createHash('sha256').update(file).digest('hex'),
      });
  }
  const status = job.id % 5 === 0 ? 'failed' : 'success';
  const end = () => runner.finish(job, status, log);
  let ended = await insist(end, signal);
  if (ended?.status === 412) {
    ledger.note({ kind: 'rewound', job: job.id, size: 0, acknowledged: log.length });
    if (await sendLog(runner, job, log, ledger, signal)) ended = await insist(end, signal);
  }
  if (ended?.status === 200) ledger.note({ kind: 'ended', job: job.id, status });
}

/** Sends the log in pieces, going back to where the server says it is; false when the job is taken away. */
async function sendLog(
  runner: SimulatedRunner,
  job: JobPayload,
  log: Buffer,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<boolean> {
  let acknowledged = 0;
  for (let at = 0; at < log.length;) {
    const chunk = log.subarray(at, at + 1 + Math.floor(Math.random() * 8000));
    const reply: RunnerReply | undefined = await insist(() => runner.patch(job, chunk, at), signal);
    if (reply?.status === 202) {
      at += chunk.length;
      acknowledged = Math.max(acknowledged, at);
      ledger.note({ kind: 'logged', job: job.id, log: log.subarray(0, acknowledged) });
    } else if (reply?.status === 416) {
      at = Number(String(reply.headers.range).split('-')[1]);
      if (at < acknowledged) ledger.note({ kind: 'rewound', job: job.id, size: at, acknowledged });
    } else return false;
  }
  return true;
}
