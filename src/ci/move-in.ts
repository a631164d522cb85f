import { continuationLines } from './continuation-lines.ts';
import { originOf, type Piece } from './origin.ts';

export interface Moved {
  text: string;
  /** The offset in the text as it was. */
  origin: (offset: number) => number;
}

/**
 * The text with the lines moved in that begin within brackets or quotes, and blanks for the tabs before and within
 * brackets, which changes nothing of what they say. Null when there is nothing to change, or when it came to more than
 * `most` characters.
 */
export function moveIn(source: string, most: number): Moved | null {
  const { lines, tabs } = continuationLines(source);
  const text = withBlanks(source, tabs);
  const pieces: Piece[] = [{ at: 0, from: 0, isFilled: false }];
  let result = '';
  let done = 0;
  for (const { start, indent } of lines) {
    const missing = indent - indentAt(text, start, indent);
    if (missing === 0) continue;
    result += text.slice(done, start) + ' '.repeat(missing);
    if (result.length > most) return null;
    pieces.push({ at: result.length, from: start, isFilled: false });
    done = start;
  }
  if (done === 0 && tabs.length === 0) return null;
  return { text: result + text.slice(done), origin: (offset) => originOf(pieces, offset) };
}

function withBlanks(text: string, places: readonly number[]): string {
  let done = 0;
  const parts = places.map((place) => {
    const part = text.slice(done, place);
    done = place + 1;
    return part;
  });
  return [...parts, text.slice(done)].join(' ');
}

/** How many blanks are there, up to as many as asked. */
function indentAt(text: string, start: number, most: number): number {
  let count = 0;
  while (count < most && text[start + count] === ' ') count++;
  return count;
}
