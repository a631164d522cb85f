/** Indexes of a longest part of a list in which each number is above the one before it. */
export function longestRising(numbers: readonly number[]): number[] {
  /** Where the part of each length ends that has the least end. */
  const ends: number[] = [];
  const before: number[] = [];
  for (const [index, number] of numbers.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numbers[ends[middle]!]! < number) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? -1 : ends[low - 1]!);
    ends[low] = index;
  }
  const part: number[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at]!) part.push(at);
  return part.toReversed();
}
