import type { JobKey, JobReply, JobUpdate, RunnerClient } from './client.ts';
import { log, messageOf } from './log.ts';
import type { Trace } from './trace.ts';
import { wait } from './wait.ts';

const CHUNK = 1024 * 1024;
/** Milliseconds between the first unsent byte and its sending, so that a burst goes out as one chunk. */
const GATHER = 100;
const DEFAULT_INTERVAL = 1000;
const MAX_INTERVAL = 30_000;
const MIN_HEARTBEAT = 3000;
const FINAL_TRIES = 10;

/**
 * Keeps the server informed about a running job: sends the log as it grows, and a heartbeat when it does not.
 * The server's replies are how a job learns that it is cancelled, so unless somebody says that it may be (`ask`) the
 * pause between two calls is the time a cancel may take: the interval the server asks for, at most 30 s.
 */
export class TraceSender {
  readonly #client: RunnerClient;
  readonly #job: JobKey;
  readonly #trace: Trace;
  readonly #debugTrace: boolean;
  /** Told of every reply; says whether the job is the server's no more. */
  readonly #observe: (reply: JobReply) => boolean;
  /** Bytes the server has. */
  #offset = 0;
  #interval = DEFAULT_INTERVAL;
  #unsentSince = 0;
  #isAsked = false;
  #lastChunk = 0;
  #lastContact = performance.now();
  #stopped = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    client: RunnerClient,
    job: JobKey,
    trace: Trace,
    options: { debugTrace: boolean; observe: (reply: JobReply) => boolean },
  ) {
    this.#client = client;
    this.#job = job;
    this.#trace = trace;
    this.#debugTrace = options.debugTrace;
    this.#observe = options.observe;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Says that the log has grown. */
  notify(): void {
    if (this.#unsentSince > 0) return;
    this.#unsentSince = performance.now();
    this.#wake.abort();
  }

  /** Speaks with the server at once: the job may have been cancelled. */
  ask(): void {
    this.#isAsked = true;
    this.#wake.abort();
  }

  /** Ends the regular sending; a chunk under way is finished first. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#wake.abort();
    await this.#running;
  }

  /**
   * Sends the rest of the log and then how the job ended, until the server has taken both.
   * @returns whether the server knows (or no longer wants to know); false after ten vain tries, or when
   * `signal` aborts.
   */
  async finish(update: JobUpdate, signal: AbortSignal): Promise<boolean> {
    let pause = 1000;
    for (let tries = 0; tries < FINAL_TRIES;) {
      if (signal.aborted) return false;
      const answer = await this.#conclude(update, signal);
      if (answer === 'done') return true;
      if (answer === 'again') {
        await wait(Math.min(this.#interval, MAX_INTERVAL), signal);
      } else {
        tries += 1;
        await wait(pause, signal);
        pause = Math.min(pause * 2, 60_000);
      }
    }
    return false;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const left = this.#due() - performance.now();
      if (left > 0) {
        this.#wake = new AbortController();
        await wait(left, this.#wake.signal);
        continue;
      }
      this.#isAsked = false;
      try {
        if (this.#offset < this.#trace.size) await this.#sendChunk();
        else await this.#heartbeat();
      } catch (error) {
        // The next tick tries again; a server that restarts is no news.
        this.#lastChunk = this.#lastContact = performance.now();
        log('info', 'the server could not be told about a job', {
          job_id: this.#job.id,
          error: messageOf(error),
        });
      }
    }
  }

  #due(): number {
    if (this.#isAsked) return 0;
    if (this.#offset >= this.#trace.size) {
      return this.#lastContact + Math.max(MIN_HEARTBEAT, this.#interval);
    }
    return Math.max(this.#unsentSince + GATHER, this.#lastChunk + this.#interval);
  }

  async #sendChunk(signal?: AbortSignal): Promise<JobReply> {
    const start = this.#offset;
    const bytes = this.#trace.read(start, CHUNK);
    this.#unsentSince = 0;
    const reply = await this.#client.patchTrace(this.#job, start, bytes, this.#debugTrace, signal);
    this.#noteReply(reply);
    this.#lastChunk = performance.now();
    if (reply.status === 202) this.#offset = start + bytes.length;
    else if (reply.status === 416) this.#offset = Math.min(reply.stored ?? 0, this.#trace.size);
    if (this.#offset < this.#trace.size) {
      this.#unsentSince ||= performance.now();
      // A backlog is sent without pauses, once the server has shown that it takes it.
      if (reply.status === 202 && bytes.length === CHUNK) this.#lastChunk = 0;
    }
    this.#observe(reply);
    return reply;
  }

  async #heartbeat(): Promise<void> {
    const reply = await this.#client.updateJob(this.#job, { state: 'running', ...this.#output() });
    this.#noteReply(reply);
    // A job that the server no longer knows is of no use to anyone.
    this.#observe(reply.status === 404 ? { ...reply, status: 403 } : reply);
  }

  /** One round of the final phase. */
  async #conclude(update: JobUpdate, signal: AbortSignal): Promise<'done' | 'again' | 'failed'> {
    try {
      for (let refusals = 0; this.#offset < this.#trace.size;) {
        const reply = await this.#sendChunk(signal);
        if (isGone(reply) || reply.status === 404) return 'done';
        if (reply.status === 416 && refusals < 3) refusals += 1;
        else if (reply.status !== 202) return 'failed';
      }
      const reply = await this.#client.updateJob(this.#job, { ...update, ...this.#output() }, signal);
      this.#noteReply(reply);
      if (isGone(reply) || reply.status === 200 || reply.status === 404) return 'done';
      if (reply.status === 202) return 'again';
      if (reply.status === 412) {
        this.#offset = 0;
        return 'again';
      }
      log('warn', 'the server refused the end of a job', { job_id: this.#job.id, status: reply.status });
      return isRefusal(reply.status) ? 'done' : 'failed';
    } catch (error) {
      log('info', 'the server could not be told how a job ended', {
        job_id: this.#job.id,
        error: messageOf(error),
      });
      return 'failed';
    }
  }

  #noteReply(reply: JobReply): void {
    this.#lastContact = performance.now();
    if (reply.update_interval) this.#interval = Math.min(reply.update_interval * 1000, MAX_INTERVAL);
  }

  #output(): { checksum: string; bytesize: number } {
    return { checksum: this.#trace.checksum, bytesize: this.#trace.size };
  }
}

/** Whether the server will never say anything else. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![408, 409, 416, 429].includes(status);
}

function isGone(reply: JobReply): boolean {
  return reply.status === 403 || reply.job_status === 'canceled' || reply.job_status === 'failed';
}
