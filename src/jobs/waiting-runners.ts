import { breather } from '../artifacts/breathe.ts';
import type { Database } from '../db/database.ts';
import { onJobsChanged } from './job-changes.ts';
import { type MatchedJob, type MatchedRunner, mayTake } from './match-runner.ts';
import { runnersInScope } from './queue-runner-store.ts';

/** What of a job that has become pending its runners are found by. */
export interface PendingJob extends MatchedJob {
  id: number;
  project_id: number;
}

/** What woke a place: a job; or null, and then there may be any, or none. */
type Wake = { job: PendingJob | null };

/**
 * The held requests of this server. What holds: a job that becomes pending wakes one request that may take
 * it, the one that has waited longest, not all of them; the others would only look at the queue in vain. A
 * request that is woken and does not use it (it found another job, its runner has gone) passes it on.
 */
export class WaitingRunners {
  readonly #db: Database;
  readonly #places = new Set<Place>();
  readonly #silence: () => void;
  #turn: Promise<void> = Promise.resolve();

  /** `report` is told when a runner could not be found for a job; requests then find it when they come again. */
  constructor(db: Database, report: (error: unknown) => void) {
    this.#db = db;
    this.#silence = onJobsChanged((jobs) => {
      this.offer(jobs.filter((job) => job.status === 'pending' && job.acknowledge_until === null));
    });
    this.#report = report;
  }
  readonly #report: (error: unknown) => void;

  /** How many requests are held. */
  get size(): number {
    return this.#places.size;
  }

  /** A place in the row, from now on. Enter before looking at the queue, so that no job comes in between. */
  enter(runner: MatchedRunner): Place {
    const place = new Place(runner, (unused) => {
      this.#places.delete(place);
      if (unused?.job) this.offer([unused.job]);
    });
    this.#places.add(place);
    return place;
  }

  /** Wakes for each of these pending jobs the longest waiting runner that may take it, if there is one. */
  offer(jobs: readonly PendingJob[]): void {
    if (jobs.length === 0 || this.#places.size === 0) return;
    // One after the other, in the order of the jobs: so each finds the places that those before have left.
    this.#turn = this.#turn.then(() => this.#wakeFor(jobs)).catch(this.#report);
  }

  async #wakeFor(jobs: readonly PendingJob[]): Promise<void> {
    const breathe = breather();
    // A thousand jobs mostly want the same, and who comes meanwhile looks at the queue: who is not there is looked for once.
    const wanted = new Set<string>();
    for (const job of jobs) {
      const wants = `${job.project_id} ${job.protected} ${job.tag_list}`;
      if (wanted.has(wants)) continue;
      // The others are not to wait because this one's runners could not be told.
      const woke = await this.#wakeOne(job).catch((error: unknown) => {
        this.#report(error);
        return true;
      });
      if (!woke) wanted.add(wants);
      await breathe();
    }
  }

  /** False: nobody who waits may take it. */
  async #wakeOne(job: PendingJob): Promise<boolean> {
    const fitting = [...this.#places].filter((place) => place.fits(job));
    if (fitting.length === 0) return false;
    const runners = fitting.map(({ runner }) => runner.id);
    const inScope = await runnersInScope(this.#db.read, job.id, [...new Set(runners)]);
    // One that is taken meanwhile says nothing of those that are not.
    if (inScope === null) return true;
    return fitting.some((place) => inScope.has(place.runner.id) && place.wake({ job }));
  }

  /** Wakes everybody: what a runner may take has changed, or jobs may have come that nobody told of. */
  wakeAll(): void {
    for (const place of this.#places) place.wake({ job: null });
  }

  /** Ends the held requests of this runner: what it may take has changed, so it shall come again. */
  release(runnerId: number): void {
    for (const place of this.#places) if (place.runner.id === runnerId) place.end();
  }

  /** Ends all waiting; for the end of the server. */
  close(): void {
    this.#silence();
    for (const place of this.#places) place.end();
  }
}

/** One held request. It is woken once at most; who wants to wait on takes a new place. */
class Place {
  readonly runner: MatchedRunner;
  readonly #left: (unused: Wake | null) => void;
  #wake: Wake | null = null;
  #ended = false;
  #resolve: (() => void) | null = null;

  constructor(runner: MatchedRunner, left: (unused: Wake | null) => void) {
    this.runner = runner;
    this.#left = left;
  }

  /** Whether the job could be this place's, as far as the runner's own settings say. */
  fits(job: PendingJob): boolean {
    return this.#wake === null && !this.#ended && mayTake(this.runner, job);
  }

  /** False: somebody was faster. */
  wake(wake: Wake): boolean {
    if (this.#wake || this.#ended) return false;
    this.#wake = wake;
    this.#resolve?.();
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#resolve?.();
  }

  /** Waits to be woken: true; or until `ms` have passed or the runner has hung up: false. */
  async woken(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#wake && !this.#ended && !signal.aborted && ms > 0)
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener('abort', end);
        this.#resolve = end;
      });
    return this.#wake !== null && !signal.aborted;
  }

  /** Gives the place up. `used`: the wake, if there was one, was answered with a look at the queue. */
  leave({ used }: { used: boolean }): void {
    this.#ended = true;
    this.#left(used ? null : this.#wake);
  }
}
