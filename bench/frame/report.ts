import { cpus, totalmem } from 'node:os';
import type { Figure } from './measure.ts';

/** Rounded to three digits: more would promise what no run repeats. */
export function rounded(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 2 });
}

const HEAD = ['subject', 'rate', 'against', 'its rate', 'ratio', 'median', 'p99', 'longest pause'];

/** A Markdown table: each subject, what it is compared with, their ratio, how long one takes, the longest pause. */
export function tableOf(figures: Figure[]): string {
  const rows = figures.map((figure) => [
    figure.subject,
    `${rounded(figure.subject_rate)}/s`,
    figure.floor,
    `${rounded(figure.floor_rate)}/s`,
    `${rounded(figure.subject_rate / figure.floor_rate)}×`,
    `${rounded(figure.median)} ms`,
    `${rounded(figure.p99)} ms`,
    `${rounded(figure.longest_pause)} ms`,
  ]);
  return [HEAD, HEAD.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** What a figure is worth nothing without. */
export function circumstances(command: string, day: Date): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${day.toISOString().slice(0, 10)}, ${machine}, ${process.platform}, Node ${process.versions.node}: \`${command}\``;
}

/** The document with the section of that benchmark replaced, or added at its end. */
export function withSection(document: string, name: string, section: string): string {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const body = `${begin}\n\n${section}\n\n${end}`;
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) return `${document.trimEnd()}\n\n${body}\n`;
  return document.slice(0, from) + body + document.slice(to + end.length);
}
