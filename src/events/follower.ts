import type { AccessChange } from './change.ts';

/** Who follows events. */
export interface Follower {
  /** Null: nobody that is known. */
  user_id: number | null;
  /** Null: whatever they may see. */
  project_id: number | null;
}

/** What whoever follows events waits at: for news, and for hearing that their rights may have changed. */
export class Waiting {
  readonly #who: Follower;
  #isNews = false;
  #mayHaveChanged = false;
  #wake: (() => void) | null = null;

  constructor(who: Follower) {
    this.#who = who;
  }

  ring(): void {
    this.#isNews = true;
    this.#wake?.();
  }

  /** Somebody may see more or less than before. */
  hearOfAccess(change: AccessChange): void {
    if (!this.isConcernedBy(change)) return;
    this.#mayHaveChanged = true;
    this.ring();
  }

  isConcernedBy({ user_id, project_id }: AccessChange): boolean {
    const { user_id: who, project_id: where } = this.#who;
    if (user_id !== undefined && user_id !== who) return false;
    return project_id === undefined || where === null || project_id === where;
  }

  /** Whether their rights may have changed since this was asked last. */
  takeAccess(): boolean {
    const taken = this.#mayHaveChanged;
    this.#mayHaveChanged = false;
    return taken;
  }

  /** Waits for news since it was asked last; false: there were none for so many milliseconds, or it is over. */
  async news(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#isNews && !signal.aborted && ms > 0)
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          this.#wake = null;
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener('abort', end, { once: true });
        this.#wake = end;
      });
    const heard = this.#isNews;
    this.#isNews = false;
    return heard;
  }
}
