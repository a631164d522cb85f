import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

export interface Step {
  /** What is done, in the words of the table. */
  name: string;
  /** Does it once. */
  once: () => unknown;
  /** How many are under way at a time: 1 unless said. */
  concurrency?: number;
}

export interface Figure {
  subject: string;
  floor: string;
  /** How often a second, the median of the rounds. */
  subject_rate: number;
  floor_rate: number;
  /** The longest time, while the subject ran, in which this process did nothing else. Milliseconds. */
  longest_pause: number;
}

/**
 * Measures the subject and, in the same run, the floor under it: the least that any program must do for the
 * same end. They take turns, so that whatever else the machine does meets both. `seconds` is the time for
 * each of the two together.
 */
export async function measure(subject: Step, floor: Step, seconds: number): Promise<Figure> {
  const rounds = 5;
  const round = (seconds * 1000) / rounds;
  const rates = { subject: [] as number[], floor: [] as number[] };
  let longest_pause = 0;
  await rateOf(subject, round / 2);
  await rateOf(floor, round / 2);
  for (let turn = 0; turn < rounds; turn++) {
    rates.floor.push(await rateOf(floor, round));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    rates.subject.push(await rateOf(subject, round));
    await wait(5);
    delay.disable();
    longest_pause = Math.max(longest_pause, delay.max / 1e6);
  }
  return {
    subject: subject.name,
    floor: floor.name,
    subject_rate: median(rates.subject),
    floor_rate: median(rates.floor),
    longest_pause,
  };
}

async function rateOf({ once, concurrency = 1 }: Step, milliseconds: number): Promise<number> {
  const begun = performance.now();
  let done = 0;
  const lane = async () => {
    let turned = begun;
    while (performance.now() - begun < milliseconds) {
      await once();
      done++;
      // Steps that never wait would otherwise count as one long pause, or as none at all.
      if (performance.now() - turned < 1) continue;
      await new Promise(setImmediate);
      turned = performance.now();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return (done * 1000) / (performance.now() - begun);
}

/** The value in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
