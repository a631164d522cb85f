import { cpus, totalmem } from 'node:os';
import type { Figure } from './measure.ts';

/** Rounded to three digits: more would promise what no run repeats. */
export function rounded(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 2 });
}

const megabytes = (bytes: number) => rounded(bytes / 1e6);

/**
 * A Markdown table: each subject, what it is compared with, their ratio, how long one takes, the longest pause; the
 * memory where a subject tells it.
 */
export function tableOf(figures: Figure[]): string {
  const columns: Record<string, (figure: Figure) => string> = {
    subject: ({ subject }) => subject,
    rate: ({ subject_rate }) => `${rounded(subject_rate)}/s`,
    against: ({ floor }) => floor,
    'its rate': ({ floor_rate }) => `${rounded(floor_rate)}/s`,
    ratio: ({ subject_rate, floor_rate }) => `${rounded(subject_rate / floor_rate)}×`,
    median: ({ median }) => `${rounded(median)} ms`,
    p99: ({ p99 }) => `${rounded(p99)} ms`,
  };
  if (figures.some(({ p999 }) => p999 !== undefined))
    columns['p99.9'] = ({ p999 }) => (p999 === undefined ? '' : `${rounded(p999)} ms`);
  columns['longest pause'] = ({ longest_pause }) =>
    longest_pause === null ? '' : `${rounded(longest_pause)} ms`;
  if (figures.some(({ memory }) => memory))
    columns.memory = ({ memory }) =>
      memory ? `${megabytes(memory.first)} → ${megabytes(memory.last)} MB` : '';
  const names = Object.keys(columns);
  const rows = figures.map((figure) => Object.values(columns).map((cell) => cell(figure)));
  return [names, names.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
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
