import { closeSync, openSync, readSync } from 'node:fs';
import { RE2JS } from 're2js';

/** Where in which file a log stands. */
export interface LogFile {
  path: string;
  /** The bytes of the file before the log. */
  start: number;
  size: number;
}

const CHUNK_BYTES = 256 * 1024;
/** Of a longer line the end is looked at. */
const LINE_BYTES = 64 * 1024;
/**
 * What today's runners write before each line: when, which stream, and whether it is a line of its own or, with
 * `+`, goes on with the one before.
 */
const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z [0-9a-f]{2}[EO]([+ ])/;
const STAMP_BYTES = 32;

/**
 * The coverage that the log states, the stamps of its lines apart: the first number in what the pattern finds last, in the last line where it
 * finds one; in a pattern with groups, in its last group. Null: it finds none of 0 to 100. Blocks; for a thread.
 */
export function coverageIn(log: LogFile, pattern: string): number | null {
  const regex = RE2JS.compile(pattern);
  for (const line of withoutStamps(log)) {
    const coverage = coverageOfLine(line, regex);
    if (coverage !== null) return coverage;
  }
  return null;
}

function coverageOfLine(line: string, regex: RE2JS): number | null {
  const matcher = regex.matcher(line);
  let found: string | null = null;
  while (matcher.find()) found = matcher.group(matcher.groupCount());
  const [number] = /\d+(?:[.,]\d+)?/.exec(found ?? '') ?? [];
  const percent = Number(number?.replace(',', '.') ?? NaN);
  return percent <= 100 ? percent : null;
}

/** The lines as the job wrote them. Only a log whose lines have stamps has one at its beginning. */
function* withoutStamps(log: LogFile): Generator<string, void, void> {
  if (!STAMP.test(beginningOf(log))) return yield* linesFromTheEnd(log);
  let rest = '';
  for (const line of linesFromTheEnd(log)) {
    const [stamp = '', kind] = STAMP.exec(line) ?? [];
    const whole = line.slice(stamp.length) + rest;
    rest = kind === '+' ? whole.slice(-LINE_BYTES) : '';
    if (kind !== '+') yield whole;
  }
  yield rest;
}

function beginningOf({ path, start, size }: LogFile): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(STAMP_BYTES, size));
    readSync(file, bytes, 0, bytes.length, start);
    return bytes.toString('latin1');
  } finally {
    closeSync(file);
  }
}

function* linesFromTheEnd({ path, start, size }: LogFile): Generator<string, void, void> {
  const file = openSync(path, 'r');
  try {
    /** The beginning of this line has yet to be read. */
    let open = Buffer.alloc(0);
    for (let end = size; end > 0;) {
      const from = Math.max(0, end - CHUNK_BYTES);
      const chunk = Buffer.alloc(end - from);
      readSync(file, chunk, 0, chunk.length, start + from);
      end = from;
      let upTo = chunk.length;
      for (let at = chunk.lastIndexOf(10); at >= 0; at = at > 0 ? chunk.lastIndexOf(10, at - 1) : -1) {
        yield text(Buffer.concat([chunk.subarray(at + 1, upTo), open]));
        open = Buffer.alloc(0);
        upTo = at;
      }
      open = tail(Buffer.concat([chunk.subarray(0, upTo), open]));
    }
    yield text(open);
  } finally {
    closeSync(file);
  }
}

const tail = (line: Buffer<ArrayBuffer>) => line.subarray(Math.max(0, line.length - LINE_BYTES));
const text = (line: Buffer<ArrayBuffer>) => tail(line).toString('utf8').replace(/\r$/, '');
