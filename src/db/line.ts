/** A line to all servers on the same database: what one says all hear, itself too, in the order in which it was said. */
export interface Line {
  /**
   * Says these texts, of `SAYABLE` bytes each at most. Resolved when the database has them; rejected when it is not known
   * whether it does.
   */
  say(texts: readonly string[]): Promise<void>;
  /** Hangs up, so that it is connected anew: it does not do what it should. */
  hangUp(): void;
  close(): Promise<void>;
}

export interface LineEnds {
  hear(text: string): void;
  /** It is connected, from the start or anew. What was said before was not heard. */
  connected(): void;
  /** It is not connected any more; that is tried again. */
  lost(): void;
}

/** Bytes of one text: PostgreSQL takes less than 8000. */
export const SAYABLE = 7900;
