import { diffArrays } from 'diff';
import { longestRising } from './longest-rising.ts';

export interface Alignment {
  /** What both have, in order: three numbers for each run of lines, where it begins on the left, on the right, and how long it is. */
  runs: number[];
  /** False: somewhere there was so much to choose from that it was not looked for to the end. */
  complete: boolean;
}

/** Lines `at` to `end` of the left log, and `to` to `stop` of the right one, without those two. */
interface Stretch {
  at: number;
  end: number;
  to: number;
  stop: number;
}

/** Stretches within stretches: in deeper ones no anchors are looked for. */
const DEEPEST = 32;
/** Edits that are looked for in a stretch. The search takes their square, of which all stretches together have so much. */
const MOST_EDITS = 800;
const MOST_STEPS = 20_000_000;

/**
 * Aligns two logs, whose lines are numbers below `kinds`: the same number, the same line.
 *
 * What is equal at both ends is taken first. In what is left, lines that each side has once are anchors (as in a
 * patience diff), and what is between two of them is a stretch of its own; where there are none, the shortest edit
 * is looked for. So it takes time in proportion to the lines, whether they are mostly equal or mostly others.
 */
export function align(left: Int32Array, right: Int32Array, kinds: number): Alignment {
  const aligner = new Aligner(left, right, kinds);
  aligner.take({ at: 0, end: left.length, to: 0, stop: right.length }, 0);
  return aligner;
}

class Aligner implements Alignment {
  readonly runs: number[] = [];
  complete = true;
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  /** How often each kind is on either side of a stretch; nowhere, but while one is counted. */
  readonly #onLeft: Int32Array;
  readonly #onRight: Int32Array;
  readonly #placeOnRight: Int32Array;
  #steps = MOST_STEPS;

  constructor(left: Int32Array, right: Int32Array, kinds: number) {
    this.#left = left;
    this.#right = right;
    [this.#onLeft, this.#onRight] = [new Int32Array(kinds), new Int32Array(kinds)];
    this.#placeOnRight = new Int32Array(kinds);
  }

  take({ at, end, to, stop }: Stretch, depth: number): void {
    const [first, second, last] = [at, to, end];
    while (at < end && to < stop && this.#left[at] === this.#right[to]) {
      at += 1;
      to += 1;
    }
    while (at < end && to < stop && this.#left[end - 1] === this.#right[stop - 1]) {
      end -= 1;
      stop -= 1;
    }
    this.#add(first, second, at - first);
    if (at < end && to < stop) this.#between({ at, end, to, stop }, depth);
    this.#add(end, stop, last - end);
  }

  #between(stretch: Stretch, depth: number): void {
    const anchors = depth < DEEPEST ? this.#anchorsOf(stretch) : [];
    if (anchors.length === 0) return this.#edit(stretch);
    let { at, to } = stretch;
    for (const [end, stop] of [...anchors, [stretch.end, stretch.stop] as const]) {
      this.take({ at, end, to, stop }, depth + 1);
      // With the anchor itself the next one begins.
      [at, to] = [end, stop];
    }
  }

  /** Lines that both sides have once, as many as are in the same order. */
  #anchorsOf(stretch: Stretch): (readonly [at: number, to: number])[] {
    const [ats, tos]: [number[], number[]] = [[], []];
    this.#counted(stretch, () => {
      for (let at = stretch.at; at < stretch.end; at += 1) {
        const kind = this.#left[at]!;
        if (this.#onLeft[kind] !== 1 || this.#onRight[kind] !== 1) continue;
        ats.push(at);
        tos.push(this.#placeOnRight[kind]!);
      }
    });
    return longestRising(tos).map((index) => [ats[index]!, tos[index]!]);
  }

  /** Looks for the shortest edit between lines that both sides have: others are the same as none. */
  #edit(stretch: Stretch): void {
    const [ats, tos]: [number[], number[]] = [[], []];
    this.#counted(stretch, () => {
      const isOnBoth = (kind: number) => this.#onLeft[kind]! > 0 && this.#onRight[kind]! > 0;
      for (let at = stretch.at; at < stretch.end; at += 1) if (isOnBoth(this.#left[at]!)) ats.push(at);
      for (let to = stretch.to; to < stretch.stop; to += 1) if (isOnBoth(this.#right[to]!)) tos.push(to);
    });
    if (ats.length === 0) return;
    const most = Math.min(MOST_EDITS, Math.floor(Math.sqrt(this.#steps)));
    const changes = diffArrays(
      ats.map((at) => this.#left[at]!),
      tos.map((to) => this.#right[to]!),
      { maxEditLength: most },
    );
    this.complete &&= changes !== undefined;
    let edits = changes === undefined ? most : 0;
    let [at, to] = [0, 0];
    for (const { count, added, removed } of changes ?? []) {
      if (added || removed) edits += count;
      else for (let each = 0; each < count; each += 1) this.#add(ats[at + each]!, tos[to + each]!, 1);
      if (!added) at += count;
      if (!removed) to += count;
    }
    this.#steps = Math.max(0, this.#steps - edits ** 2);
  }

  #counted({ at, end, to, stop }: Stretch, use: () => void): void {
    for (let each = at; each < end; each += 1) this.#onLeft[this.#left[each]!]! += 1;
    for (let each = to; each < stop; each += 1) {
      this.#onRight[this.#right[each]!]! += 1;
      this.#placeOnRight[this.#right[each]!] = each;
    }
    use();
    for (let each = at; each < end; each += 1) this.#onLeft[this.#left[each]!] = 0;
    for (let each = to; each < stop; each += 1) this.#onRight[this.#right[each]!] = 0;
  }

  #add(at: number, to: number, count: number): void {
    if (count === 0) return;
    const { runs } = this;
    const last = runs.length - 3;
    const length = runs[last + 2] ?? 0;
    if (last >= 0 && runs[last]! + length === at && runs[last + 1]! + length === to)
      runs[last + 2] = length + count;
    else runs.push(at, to, count);
  }
}
