import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { JobFailure } from './failure.ts';
import type { FileAnswer, FileTask } from './file-task.ts';
import type { JobOutput } from './job-output.ts';
import type { EndSignals, JobProcesses } from './job-processes.ts';
import { log } from './log.ts';
import { PLAIN_PATH } from './job-environment.ts';

// The worker has this file's own ending: .ts here, .js in the compiled program.
const WORKER = fileURLToPath(
  new URL('./file-worker.ts'.replace(/ts$/, import.meta.url.slice(-2)), import.meta.url),
);

/**
 * Has the job's files collected into, or extracted from, the open file `archive`.
 * @returns how many files there were.
 * @throws JobFailure when it could not be done, or was ended.
 */
export async function runFileWorker(
  processes: JobProcesses,
  task: FileTask,
  archive: number,
  output: JobOutput,
  signals: EndSignals,
): Promise<number> {
  const child = processes.start(process.execPath, [WORKER], {
    env: { PATH: PLAIN_PATH, LANG: 'C.UTF-8' },
    stdio: ['pipe', 'pipe', 'pipe', archive],
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(JSON.stringify(task));
  let done: number | undefined;
  let failure = '';
  const answers = readLines(child.stdout, (line) => {
    const answer = JSON.parse(line) as FileAnswer;
    if (answer.kind === 'done') done = answer.files;
    else if (answer.kind === 'failed') failure = answer.text;
    else if (answer.kind === 'warning') output.warning(answer.text);
    else output.line(answer.text);
  });
  const complaints = readLines(child.stderr, (line) => log('error', 'file worker', { line }));
  const code = await processes.ended(child, signals);
  await Promise.all([answers, complaints]);
  if (done !== undefined && code === 0) return done;
  throw new JobFailure(
    failure || `the files could not be handled (exit code ${code})`,
    'runner_system_failure',
  );
}

async function readLines(stream: NodeJS.ReadableStream | null, take: (line: string) => void): Promise<void> {
  if (!stream) return;
  for await (const line of createInterface({ input: stream })) take(line);
}
