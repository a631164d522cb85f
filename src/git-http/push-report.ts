import { FLUSH, packet } from './pkt-line.ts';

/** What git answers to a push: `unpack ok` or why not, then `ok <ref>` or `ng <ref> <reason>` for each. */
export interface PushReport {
  /** `ok`, or why the pack was not taken. */
  unpack: string;
  /** As git wrote them, with the `option …` lines that follow an `ok`. */
  lines: string[];
}

/**
 * The report in git's reply; undefined when git ended before it wrote one whole.
 */
export function parsePushReport(bytes: Buffer): PushReport | undefined {
  const lines: string[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 4), 16);
    if (length === 0) {
      const [first = '', ...rest] = lines;
      return first.startsWith('unpack ') ? { unpack: first.slice(7), lines: rest } : undefined;
    }
    if (!(length >= 4) || at + length > bytes.length) return undefined;
    lines.push(bytes.toString('utf8', at + 4, at + length).replace(/\n$/, ''));
    at += length;
  }
  return undefined;
}

/** Did git report this ref as updated, as refused, or not at all? */
export function verdictOn(report: PushReport, ref: string): 'ok' | 'ng' | undefined {
  if (report.lines.includes(`ok ${ref}`)) return 'ok';
  return report.lines.some((line) => line.startsWith(`ng ${ref} `)) ? 'ng' : undefined;
}

/** The line that refuses a ref. */
export const refusal = (ref: string, reason: string) => `ng ${ref} ${reason.replaceAll(/\s*\n\s*/g, ' ')}`;

/** The report's bytes. */
export function writePushReport({ unpack, lines }: PushReport): Buffer {
  return Buffer.concat([...[`unpack ${unpack}`, ...lines].map((line) => packet(`${line}\n`)), FLUSH]);
}
