import { plainText } from '../log/line-runs.ts';

/** Characters of a line in which what varies is looked for; of the rest each counts. */
const MOST_LOOKED_AT = 16 * 1024;

const UNIT = 'ns|µs|us|ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?';

/** Moments, durations, clock times, rates, UUIDs and long hexadecimal numbers: they differ each time, and say nothing of why. */
const VARIES = new RegExp(
  [
    String.raw`\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?(?![\w-])`,
    String.raw`\b\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?\b`,
    String.raw`\b(?:\d+(?:[.,]\d+)? ?(?:${UNIT}))+\b`,
    String.raw`\b\d+(?:[.,]\d+)? ?(?:[kMG]i?)?B\/s\b`,
    String.raw`\b0x[0-9a-f]+\b`,
    String.raw`\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`,
    String.raw`\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b`,
  ].join('|'),
  'gi',
);
const DIGIT = /\d/;

/** What of a line as it is stored counts when it is compared; `exact`: all of what it shows. */
export function comparable(line: string, exact: boolean): string {
  const text = plainText(line.slice(0, MOST_LOOKED_AT));
  const counts = exact || !DIGIT.test(text) ? text : text.replace(VARIES, '~');
  return line.length > MOST_LOOKED_AT ? counts + line.slice(MOST_LOOKED_AT) : counts.trimEnd();
}

/**
 * 53 bits of a text: lines of a hundred megabytes are not kept, only these. That two that differ have the same, in two
 * logs of a million lines each, has a chance of one in several thousand.
 */
export function hashOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (low & 0x1fffff) * 2 ** 32 + (high >>> 0);
}
