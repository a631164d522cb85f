import { endText } from './log-words.ts';
import { plainText } from './plain-text.ts';
import { isSettled, titleOf, type WatchedJob } from './watched-job.ts';
import type { View } from './view.ts';

/** What a file or another program is told: a line for each line of each job, with the job's name before it. */
export function plainView(write: (text: string) => void): View {
  return {
    note: (text) => write(`${text}\n`),
    said(job: WatchedJob, lines) {
      const title = titleOf(job);
      write(lines.map((line) => `${title} | ${plainText(line)}\n`).join(''));
    },
    changed(job, log) {
      if (!isSettled(job.status)) return;
      write(`${titleOf(job)}: ${endText(job)}${log === null ? '' : `, log in ${log}`}\n`);
    },
    looked() {},
    close() {},
  };
}
