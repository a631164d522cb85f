/** A piece of a text that was made of another one. */
export interface Piece {
  /** Where it begins. */
  at: number;
  /** Where what it is made of does. */
  from: number;
  /** Whether it stands in the place of something else, and is all at one place then. */
  isFilled: boolean;
}

/** Where a place of the text was in the one it was made of. */
export function originOf(pieces: Piece[], offset: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const { at, from, isFilled } = pieces[low] ?? { at: 0, from: 0, isFilled: false };
  return isFilled ? from : from + offset - at;
}
