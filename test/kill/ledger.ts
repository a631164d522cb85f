/** What a server has acknowledged to somebody outside of it. `at`: milliseconds since 1970, when the answer was there. */
export type Deed = { at: number } & (
  | { kind: 'pushed'; ref: string; sha: string }
  /** A runner was told that the job is its own now. */
  | { kind: 'begun'; job: number; runner: string }
  | { kind: 'ended'; job: number; status: string }
  /** The whole log so far, of which every byte is acknowledged. */
  | { kind: 'logged'; job: number; log: Buffer }
  /** The server said that it has so many bytes of a log, though more were acknowledged. */
  | { kind: 'rewound'; job: number; size: number; acknowledged: number }
  | { kind: 'uploaded'; job: number; sha256: string }
  /** A setting was asked for; whether it is taken stays open until `set` follows. */
  | { kind: 'asked'; setting: string; value: string }
  | { kind: 'set'; setting: string; value: string }
);

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never;

/** Kept by the clients of a server, in their own process: nothing that happens to the server touches it. */
export class Ledger {
  readonly deeds: Deed[] = [];

  note(deed: Unstamped<Deed>): void {
    this.deeds.push({ ...deed, at: Date.now() } as Deed);
  }

  /** What was acknowledged until then. */
  until(time: number): Deed[] {
    return this.deeds.filter(({ at }) => at <= time);
  }
}
