import type { RunnerClient } from './client.ts';
import type { Reply } from './http.ts';
import { decodeJob, type Job } from './job-payload.ts';
import { log, messageOf } from './log.ts';
import { wait } from './wait.ts';

/** Milliseconds between the beginnings of two requests of which the first brought no job. */
const CHECK_INTERVAL = 3000;
const MAX_BACK_OFF = 30_000;
const REFUSED_PAUSE = 60_000;
const MAX_REFUSED_PAUSE = 3_600_000;

/**
 * Makes sure that the server knows this runner. Waits for a server that is not there, and long for one that
 * refuses the token.
 */
export async function verify(client: RunnerClient, signal: AbortSignal): Promise<void> {
  const pauses = new Pauses();
  while (!signal.aborted) {
    const reply = await ask(() => client.verify(signal), pauses, signal);
    if (reply?.status === 200) {
      log('info', 'the server knows this runner');
      return;
    }
    await wait(reply ? pauses.after(reply) : pauses.afterNoReply(), signal);
  }
}

/** Asks for jobs while there is room for more, and starts each; ends when the signal aborts. */
export async function requestJobs(
  client: RunnerClient,
  concurrent: number,
  start: (job: Job) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const pauses = new Pauses();
  let lastUpdate = '';
  while (!signal.aborted) {
    if (running.size >= concurrent) {
      await Promise.race(running);
      continue;
    }
    const begun = performance.now();
    const reply = await ask(() => client.requestJob(lastUpdate, signal), pauses, signal);
    if (signal.aborted) break;
    const update = reply?.headers['x-gitlab-last-update'];
    if (typeof update === 'string' && update) lastUpdate = update;
    const job = reply?.status === 201 ? readJob(reply) : undefined;
    if (job) {
      const run = start(job).finally(() => running.delete(run));
      running.add(run);
    } else if (reply?.status === 204) {
      // A server that holds idle requests is asked again at once.
      await wait(begun + CHECK_INTERVAL - performance.now(), signal);
    } else {
      await wait(reply ? pauses.after(reply) : pauses.afterNoReply(), signal);
    }
  }
  await Promise.all(running);
}

/** How long to wait before the next question, after one that went wrong. */
class Pauses {
  #vain = 0;
  #refused = 0;
  #quiet = false;

  /** Says that a question was answered. */
  reached(): void {
    if (this.#quiet) log('info', 'the server is back');
    this.#quiet = false;
    this.#vain = 0;
  }

  /** Says why there was no answer: once, however often it is tried again. */
  unreachable(error: unknown): void {
    if (!this.#quiet) log('warn', 'the server cannot be reached, trying again', { error: messageOf(error) });
    this.#quiet = true;
  }

  afterNoReply(): number {
    this.#vain += 1;
    return Math.min(500 * 2 ** (this.#vain - 1), MAX_BACK_OFF);
  }

  after(reply: Reply): number {
    if (reply.status !== 403) {
      this.#refused = 0;
      log('warn', 'the server gave no job', { status: reply.status });
      const asked = Number(reply.headers['retry-after']) * 1000;
      return asked > 0 ? Math.min(asked, MAX_REFUSED_PAUSE) : Math.max(CHECK_INTERVAL, this.afterNoReply());
    }
    this.#refused += 1;
    const pause = Math.min(REFUSED_PAUSE * 2 ** (this.#refused - 1), MAX_REFUSED_PAUSE);
    log('error', 'the server refuses the token of this runner', { next_try_in_seconds: pause / 1000 });
    return pause;
  }
}

async function ask(
  question: () => Promise<Reply>,
  pauses: Pauses,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  try {
    const reply = await question();
    pauses.reached();
    return reply;
  } catch (error) {
    if (!signal.aborted) pauses.unreachable(error);
    return undefined;
  }
}

function readJob(reply: Reply): Job | undefined {
  try {
    return decodeJob(JSON.parse(reply.body.toString()));
  } catch (error) {
    log('error', 'a job could not be read, the server will give it out again', { error: messageOf(error) });
    return undefined;
  }
}
