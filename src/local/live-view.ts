import { styleText } from 'node:util';
import { durationText, endText, markOf } from './log-words.ts';
import { colouredText, plainText } from './plain-text.ts';
import type { View } from './view.ts';
import { isSettled, titleOf, type WatchedJob } from './watched-job.ts';

/** Of a failed job's log, shown at its end. */
const LAST_LINES = 100;
const EVERY_MS = 100;
/** Characters of a line, before the terminal cuts it off: a log may be one line of megabytes, drawn again and again. */
const MOST_SHOWN = 1000;
const SPINNER = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];

const CLEAR_BELOW = '\x1b[0J';
const [HIDE_CURSOR, SHOW_CURSOR] = ['\x1b[?25l', '\x1b[?25h'];
// A line that is too long is cut off by the terminal itself, which knows how wide each character is.
const [CUT_LINES, WRAP_LINES] = ['\x1b[?7l', '\x1b[?7h'];

const dim = (text: string) => styleText('dim', text, { validateStream: false });
const bold = (text: string) => styleText('bold', text, { validateStream: false });

/** The part of a terminal that is written to. */
export interface Terminal {
  write(text: string): unknown;
  rows?: number;
}

/**
 * What somebody at a terminal sees: above a line for each job that has ended, and the log of what failed; below, always
 * drawn anew, the jobs that run with the last that each has said, and how far it is.
 */
export function liveView(terminal: Terminal): View {
  const last = new Map<number, string[]>();
  const started = new Map<number, number>();
  let jobs: readonly WatchedJob[] = [];
  let drawn = 0;
  let frame = 0;
  let isClosed = false;

  /** The lines below, the newest text of a job at the end of its line. */
  function below(): string[] {
    const running = jobs.filter(
      ({ status, kind }) => kind === 'build' && (status === 'running' || status === 'canceling'),
    );
    const room = Math.max(1, (terminal.rows ?? 24) - 4);
    const spinner = SPINNER[frame % SPINNER.length] ?? '';
    const lines = running.slice(0, room).map((job) => {
      const since = started.get(job.id) ?? performance.now();
      const said = plainText(last.get(job.id)?.at(-1)?.slice(0, MOST_SHOWN) ?? '').trim();
      const time = durationText((performance.now() - since) / 1000);
      return `${spinner} ${job.stage} ${bold(titleOf(job))} ${time} ${dim(said)}`;
    });
    if (running.length > room) lines.push(dim(`  and ${running.length - room} more`));
    const current = jobs.filter(({ retried }) => !retried);
    const ended = current.filter(({ status }) => isSettled(status));
    if (current.length > 0)
      lines.push(dim(`  ${ended.length} of ${current.length} jobs have ended, ${running.length} run`));
    return lines;
  }

  /** Prints for good what is given, and draws what is below it. */
  function draw(text = '', lines = below()): void {
    const up = drawn > 0 ? `\x1b[${drawn}A` : '';
    drawn = lines.length;
    terminal.write(
      `${HIDE_CURSOR}\r${up}${CLEAR_BELOW}${text}${CUT_LINES}${lines.map((line) => `${line}\n`).join('')}${WRAP_LINES}`,
    );
  }

  const timer = setInterval(() => {
    frame += 1;
    draw();
  }, EVERY_MS);
  const show = () => void terminal.write(`${WRAP_LINES}${SHOW_CURSOR}`);
  process.once('exit', show);

  return {
    note: (text) => draw(`${text}\n`),
    said(job, lines) {
      last.set(job.id, [...(last.get(job.id) ?? []), ...lines].slice(-LAST_LINES));
    },
    changed(job, log) {
      if (job.status === 'running') started.set(job.id, performance.now());
      if (!isSettled(job.status)) return;
      const lines = job.status === 'failed' ? (last.get(job.id) ?? []) : [];
      const place = job.status === 'failed' && log !== null ? dim(` ${log}`) : '';
      const shown = lines.map((line) => `  ${colouredText(line)}\x1b[0m\n`).join('');
      draw(`${markOf(job)} ${job.stage} ${bold(titleOf(job))} ${endText(job)}${place}\n${shown}`);
      last.delete(job.id);
    },
    looked(all) {
      jobs = all;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      draw('', []);
      process.removeListener('exit', show);
      show();
    },
  };
}
