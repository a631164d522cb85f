import { type Pauses, pausesHere } from './pauses.ts';

export interface Step {
  /** What is done, in the words of the table. */
  name: string;
  /**
   * Does it once, in the lane of this number. Its time is how long it takes, or where only a part of it is
   * waited for, the milliseconds that it answers as `waited`.
   */
  once: (lane: number) => unknown;
  /** How many are under way at a time: 1 unless said. */
  concurrency?: number;
  /** The pauses of the process that does it: of this one unless said. */
  pauses?: Pauses;
  /** Called before each round, outside of its time. */
  prepare?: () => unknown;
  /** How often at most it can be done between two calls of `prepare`. */
  stock?: number;
  /** Called at the end of each round, in its time: waits for what was put off. */
  settle?: () => unknown;
  /** Whether the memory of its process is told. */
  memory?: boolean;
}

export interface Figure {
  subject: string;
  floor: string;
  /** How often a second, the median of the rounds. */
  subject_rate: number;
  floor_rate: number;
  /** How long the subject took once: milliseconds, over all rounds. */
  median: number;
  p99: number;
  /** The longest time, while the subject ran, in which its process did nothing else. Milliseconds; null: not watched. */
  longest_pause: number | null;
  /** The time below which all but one in a thousand lie, where there are enough of them. Milliseconds. */
  p999?: number;
  /** The most resident memory of the subject's process in the first round and in the last, where that matters. Bytes. */
  memory?: { first: number; last: number };
}

/** One round is only a trial. */
const roundsIn = (seconds: number) => (seconds < 1 ? 1 : 5);

/**
 * Measures the subject and, in the same run, the floor under it: the least that any program must do for the
 * same end. They take turns, so that whatever else the machine does meets both. `seconds` is the time for
 * each of the two together.
 */
export async function measure(subject: Step, floor: Step, seconds: number): Promise<Figure> {
  const rounds = roundsIn(seconds);
  const milliseconds = (seconds * 1000) / rounds;
  const rates = { subject: [] as number[], floor: [] as number[] };
  const times: number[] = [];
  const pauses = subject.pauses ?? pausesHere();
  const longest: (number | null)[] = [];
  const resident: number[] = [];
  for (const step of [subject, floor]) {
    await step.prepare?.();
    await round(step, milliseconds / 2);
  }
  for (let turn = 0; turn < rounds; turn++) {
    await floor.prepare?.();
    rates.floor.push((await round(floor, milliseconds)).rate);
    await subject.prepare?.();
    // What the preparation holds up is not the subject's doing.
    await pauses.reset();
    const measured = await round(subject, milliseconds);
    longest.push(await pauses.longest());
    resident.push(await pauses.resident());
    rates.subject.push(measured.rate);
    for (const time of measured.times) times.push(time);
  }
  return {
    subject: subject.name,
    floor: floor.name,
    subject_rate: median(rates.subject),
    floor_rate: median(rates.floor),
    median: median(times),
    p99: quantile(times, 0.99),
    longest_pause: longest.includes(null) ? null : Math.max(...longest.map(Number)),
    ...(times.length > 1000 ? { p999: quantile(times, 0.999) } : {}),
    ...(subject.memory ? { memory: { first: resident[0] ?? 0, last: resident.at(-1) ?? 0 } } : {}),
  };
}

async function round(step: Step, milliseconds: number): Promise<{ rate: number; times: number[] }> {
  const { once, concurrency = 1, stock = Infinity } = step;
  const times: number[] = [];
  const begun = performance.now();
  let started = 0;
  const lane = async (number: number) => {
    let turned = begun;
    while (performance.now() - begun < milliseconds && started < stock) {
      started++;
      const from = performance.now();
      const answer = await once(number);
      const to = performance.now();
      times.push(hasWaited(answer) ? answer.waited : to - from);
      // Steps that never wait would otherwise count as one long pause, or as none at all.
      if (to - turned < 1) continue;
      await new Promise(setImmediate);
      turned = performance.now();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, number) => lane(number)));
  await step.settle?.();
  return { rate: (times.length * 1000) / (performance.now() - begun), times };
}

const hasWaited = (answer: unknown): answer is { waited: number } =>
  typeof answer === 'object' && answer !== null && 'waited' in answer && typeof answer.waited === 'number';

/** The value in the middle. */
export const median = (values: readonly number[]) => quantile(values, 0.5);

/** The value below which this share of all values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
