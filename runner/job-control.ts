import type { JobReply } from './client.ts';

export type Ending = 'canceling' | 'timed_out' | 'interrupted' | 'aborted';

// A later ending replaces an earlier one only when it is stronger.
const STRENGTH: Record<Ending, number> = { canceling: 1, timed_out: 2, interrupted: 3, aborted: 4 };

/**
 * Who may end a job before its script ends, and what that means:
 *
 * | ending      | from                                | the script      | after_script, uploads | report            |
 * |-------------|-------------------------------------|-----------------|-----------------------|-------------------|
 * | canceling   | Job-Status: canceling               | SIGTERM, grace  | run                   | failed            |
 * | timed_out   | the job's own time                  | SIGTERM, grace  | not run               | failed            |
 * | interrupted | the runner is told to stop          | SIGTERM, 1.5 s  | not run               | failed            |
 * | aborted     | 403, Job-Status: canceled or failed | SIGKILL         | not run               | none: job is gone |
 */
export class JobControl {
  readonly #script = new AbortController();
  readonly #job = new AbortController();
  readonly #kill = new AbortController();
  #ending: Ending | undefined;

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Aborts when the job's script shall end politely; what follows the script may still run. */
  get script(): AbortSignal {
    return this.#script.signal;
  }

  /** Aborts when nothing of the job shall run any longer. */
  get job(): AbortSignal {
    return this.#job.signal;
  }

  /** Aborts when every process of the job shall be killed at once. */
  get kill(): AbortSignal {
    return this.#kill.signal;
  }

  end(ending: Ending): void {
    if (this.#ending && STRENGTH[this.#ending] >= STRENGTH[ending]) return;
    this.#ending = ending;
    this.#script.abort();
    if (ending !== 'canceling') this.#job.abort();
    if (ending === 'aborted') this.#kill.abort();
    if (ending === 'interrupted') setTimeout(() => this.#kill.abort(), 1500).unref();
  }

  /** Draws the conclusion from what the server says about the job; true when the job is the server's no more. */
  observe(reply: JobReply): boolean {
    const gone = reply.status === 403 || reply.job_status === 'canceled' || reply.job_status === 'failed';
    if (gone) this.end('aborted');
    else if (reply.job_status === 'canceling') this.end('canceling');
    return gone;
  }
}
