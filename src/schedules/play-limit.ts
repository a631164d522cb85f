/** How long a user waits until the same schedule is played again, as in GitLab. */
const WAIT_MS = 60_000;

/** Remembers who has just played what, in this process. */
export class PlayLimit {
  readonly #played = new Map<string, number>();

  /** Milliseconds that the user has yet to wait; 0: the schedule may be played, and this counts as that. */
  wait(schedule_id: number, user_id: number, now: number): number {
    // The oldest stand first. A clock that was put back lets everybody play.
    for (const [key, at] of this.#played) {
      if (at + WAIT_MS > now && at <= now) break;
      this.#played.delete(key);
    }
    const key = `${schedule_id} ${user_id}`;
    const at = this.#played.get(key);
    if (at !== undefined) return at + WAIT_MS - now;
    this.#played.set(key, now);
    return 0;
  }
}
