import { PassThrough, type Readable } from 'node:stream';
import { isBranchName } from '../git/ref-name.ts';
import type { Repository } from '../git/repository.ts';
import { exitCode, lastWords } from '../git/run-git.ts';
import { syncPacks, syncRefs } from '../git/sync-folders.ts';
import { appliedUpdates, type RefUpdate } from '../git/update-refs.ts';
import { BAND, FLUSH, packet, readPacket, sideband } from './pkt-line.ts';
import { parsePushReport, refusal, verdictOn, writePushReport, type PushReport } from './push-report.ts';
import { readPushHead, writePushHead, type PushHead } from './ref-commands.ts';
import { feedService, startService, type Log } from './service.ts';

/** What the server does about a push. */
export interface PushCallbacks {
  /**
   * Called when it is known what the push wants, before git gets any of it, with the commands that are
   * not refused anyhow (there may be none). Answers why single refs are refused, if any. When it throws,
   * nothing is pushed and `receivePack` throws the same.
   */
  before(commands: readonly RefUpdate[], push_options: readonly string[]): Promise<Refusals>;
  /**
   * Called once after a `before` that answered, when git has ended, with the updates that took effect and
   * will last; also when the client is gone or nothing was updated, but not when it could not be learned
   * what was. The client learns of its success when this has resolved, with the lines it answers as
   * messages.
   */
  after(updated: readonly RefUpdate[]): Promise<readonly string[]>;
}

export interface Refusals {
  /** The reason by ref. */
  refused: ReadonlyMap<string, string>;
  /**
   * Branches that may move forward only. git keeps this for a push as a whole: while one of them is in
   * it, none of its branches can be overwritten.
   */
  fast_forward_only?: ReadonlySet<string>;
  /** Lines that the client shows. */
  messages?: readonly string[];
}

/**
 * Takes a push: `POST git-receive-pack`. Resolves with the reply's stream as soon as git is at work. The
 * stream ends with git's report, and that comes only after `after`; a push whose client leaves is still
 * carried to its end.
 *
 * When the server is killed meanwhile, git goes on by itself if it has the whole pack, and may still
 * update the refs: ask `appliedUpdates` later.
 * @throws GitError `bad_request`, EndOfStream, and what `before` throws
 */
export async function receivePack(
  repository: Repository,
  body: Readable,
  callbacks: PushCallbacks,
  log: Log,
): Promise<Readable> {
  // Whoever reads the body notices; between two readers nobody may.
  body.on('error', () => {});
  const head = await readPushHead(body);
  const reply = new PassThrough();
  // The client may leave at any time; that changes nothing for the push.
  reply.on('error', () => {});
  if (head.commands.length === 0) {
    body.resume();
    return reply.end();
  }
  const answer = new Answer(reply, head.capabilities);
  const impossible = refusalsOf(head.commands);
  const possible = head.commands.filter(({ ref }) => !impossible.has(ref));
  const decision = await callbacks.before(possible, head.push_options).catch((error: unknown) => {
    body.resume();
    throw error;
  });
  const refusals = new Map([...impossible, ...decision.refused]);
  if (head.capabilities.includes('atomic') && refusals.size > 0)
    for (const { ref } of head.commands)
      if (!refusals.has(ref)) refusals.set(ref, 'atomic push failed: another ref was refused');
  const push: Push = {
    ...head,
    commands: head.commands.filter(({ ref }) => !refusals.has(ref)),
    settings: [],
  };
  if (push.commands.some(({ ref }) => decision.fast_forward_only?.has(ref)))
    push.settings.push('receive.denyNonFastForwards=true');
  answer.say(decision.messages ?? []);
  void finishPush(repository, body, push, refusals, answer, callbacks, log);
  return reply;
}

/** What is left of a push when the refused refs are taken out. */
interface Push extends PushHead {
  /** Settings of git for this push alone. */
  settings: string[];
}

async function finishPush(
  repository: Repository,
  body: Readable,
  push: Push,
  refusals: ReadonlyMap<string, string>,
  answer: Answer,
  callbacks: PushCallbacks,
  log: Log,
) {
  try {
    const { report, updated } = await carryOut(repository, body, push, answer);
    answer.say(await callbacks.after(updated));
    const lines = [...refusals].map(([ref, reason]) => refusal(ref, reason));
    answer.report({ unpack: report.unpack, lines: [...report.lines, ...lines] });
  } catch (error) {
    log.warn({ err: error, folder: repository.folder }, 'a push could not be carried to its end');
    answer.fail('The server failed while it took the push. Look whether it was taken before you repeat it.');
  }
}

/** Refs that nobody may push, whatever their rights: the server's own, and names that deceive. */
function refusalsOf(commands: readonly RefUpdate[]): Map<string, string> {
  const refusals = new Map<string, string>();
  const seen = new Set<string>();
  for (const { ref } of commands) {
    const [, kind, name = ''] = /^refs\/(heads|tags|notes)\/(.*)$/s.exec(ref) ?? [];
    if (kind === undefined) refusals.set(ref, 'only branches, tags and notes can be pushed');
    else if (!isBranchName(name)) refusals.set(ref, 'this name is not allowed');
    else if (seen.has(ref)) refusals.set(ref, 'the ref is named twice');
    seen.add(ref);
  }
  return refusals;
}

interface Outcome {
  report: PushReport;
  updated: RefUpdate[];
}

async function carryOut(repository: Repository, body: Readable, push: Push, answer: Answer) {
  const outcome =
    push.commands.length === 0 ? await drain(body) : await runGit(repository, body, push, answer);
  if (outcome.updated.length > 0) {
    await syncPacks(repository);
    const refs = outcome.updated.map(({ ref }) => ref);
    await syncRefs(repository, refs);
  }
  return outcome;
}

/** Nothing to do, but the client wants to send its pack before it listens. */
function drain(body: Readable): Promise<Outcome> {
  return new Promise((resolve) => {
    const done = () => resolve({ report: { unpack: 'ok', lines: [] }, updated: [] });
    if (body.destroyed || body.readableEnded) done();
    else body.on('end', done).on('close', done).on('error', done).resume();
  });
}

async function runGit(repository: Repository, body: Readable, push: Push, answer: Answer) {
  const child = startService(repository, 'git-receive-pack', { settings: push.settings });
  const stderr = lastWords(child);
  const exited = exitCode(child);
  exited.catch(() => {});
  child.stdin.write(writePushHead({ ...push, capabilities: withReport(push.capabilities) }));
  const sent = feedService(body, child);
  const bytes: Buffer[] = [];
  try {
    for (let next = await readPacket(child.stdout); next; next = await readPacket(child.stdout)) {
      if (next[0] === BAND.data) bytes.push(next.subarray(1));
      else if (next[0] === BAND.progress) answer.progress(next.subarray(1), sent);
    }
  } catch {
    // git ended in the middle of its answer; what it did is asked of the repository below.
  }
  child.stdout.resume();
  const code = await exited;
  await sent;
  const report = parsePushReport(Buffer.concat(bytes));
  if (report) {
    const updated = push.commands.filter(({ ref }) => verdictOn(report, ref) === 'ok');
    return { report, updated } satisfies Outcome;
  }
  const updated = await appliedUpdates(repository, push.commands);
  const taken = new Set(updated);
  const reason = stderr().split('\n').at(-1) || `git ended with ${code}`;
  const lines = push.commands.map((command) =>
    taken.has(command) ? `ok ${command.ref}` : refusal(command.ref, reason),
  );
  return { report: { unpack: taken.size > 0 ? 'ok' : reason, lines }, updated } satisfies Outcome;
}

/** git always has to report, and to keep its report apart from its progress. */
function withReport(capabilities: readonly string[]): string[] {
  const wanted = new Set(capabilities).add('side-band-64k');
  if (!wanted.has('report-status-v2')) wanted.add('report-status');
  return [...wanted].filter((capability) => !capability.startsWith('push-cert'));
}

/** The reply, in the framing that the client asked for. */
class Answer {
  readonly #reply: PassThrough;
  readonly #hasBands: boolean;
  readonly #wantsReport: boolean;

  constructor(reply: PassThrough, capabilities: readonly string[]) {
    this.#reply = reply;
    this.#hasBands = capabilities.includes('side-band-64k');
    this.#wantsReport = capabilities.some((capability) => capability.startsWith('report-status'));
  }

  /** Shows lines to the person who pushes. */
  say(lines: readonly string[]) {
    if (lines.length > 0) this.#band(BAND.progress, Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }

  /** Passes on git's progress, but not before the client has sent all it has. */
  progress(bytes: Buffer, sent: Promise<void>) {
    void sent.then(() => this.#band(BAND.progress, bytes));
  }

  report(report: PushReport) {
    const bytes = this.#wantsReport ? writePushReport(report) : Buffer.alloc(0);
    if (this.#hasBands) {
      this.#band(BAND.data, bytes);
      this.#write(FLUSH);
    } else this.#write(bytes);
    this.#reply.end();
  }

  /** Ends the reply so that no client takes it for a success. */
  fail(message: string) {
    if (this.#hasBands) this.#band(BAND.error, Buffer.from(`${message}\n`));
    else if (this.#wantsReport) this.#write(Buffer.concat([packet(`unpack ${message}\n`), FLUSH]));
    this.#reply.end();
  }

  #band(band: number, bytes: Buffer) {
    if (this.#hasBands) this.#write(sideband(band, bytes));
  }

  #write(bytes: Buffer) {
    if (!this.#reply.destroyed && bytes.length > 0) this.#reply.write(bytes);
  }
}
