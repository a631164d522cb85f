import type { Figure } from './measure.ts';

export interface Context {
  /** An empty folder, removed afterwards. */
  folder: string;
  /** How long one measurement may take; `--seconds`. */
  seconds: number;
  /** The share of the documented amount of data; below 1 the figures are only a trial. */
  scale: number;
  /** Says how far a long preparation is. */
  progress: (message: string) => void;
}

/** What a module `bench/NAME.ts` exports as `benchmark`. */
export interface Benchmark {
  name: string;
  /** What is measured, against what, and why that is the floor: a paragraph of docs/benchmarks.md. */
  about: string;
  /** Whether it needs Chromium. */
  browser?: true;
  run(context: Context): Promise<Figure[]>;
}
