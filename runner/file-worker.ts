/**
 * Collects and extracts a job's files, as a process of its own with the rights of the job's user: so the kernel
 * makes sure that nothing is read or written that the job itself could not. It is started with the runner's
 * rights, because the job's user may be unable to read this program, and gives them up before it touches a file.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { selectFiles } from './file-selection.ts';
import { ARCHIVE_FD, type FileAnswer, type FileTask } from './file-task.ts';
import { writeGzip, writeRaw } from './gzip-report.ts';
import { messageOf } from './log.ts';
import { writeZip } from './zip-archive.ts';
import { extractZip } from './zip-extract.ts';

try {
  const task = (await json(process.stdin)) as FileTask;
  dropRights(task);
  process.umask(0o022);
  answer({
    kind: 'done',
    files: task.kind === 'extract' ? await extractZip(ARCHIVE_FD, task.project) : await collect(task),
  });
} catch (error) {
  answer({ kind: 'failed', text: messageOf(error) });
  process.exitCode = 1;
}

function dropRights({ user }: FileTask): void {
  if (!user) return;
  process.setgroups?.([]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
}

async function collect(task: FileTask & { kind: 'collect' }): Promise<number> {
  const untracked = task.untracked ? await untrackedFiles(task.project) : undefined;
  const selected = await selectFiles(task.project, { ...task, untracked }, remark);
  const files = task.format === 'zip' ? selected : selected.filter(({ stats }) => stats.isFile());
  const [first] = files;
  if (!first) return 0;
  const root = await realpath(task.project);
  const target = createWriteStream('', { fd: ARCHIVE_FD });
  if (task.format === 'zip') await writeZip(root, files, target, remark);
  else if (task.format === 'gzip') await writeGzip(root, files, target);
  else if (files.length === 1) await writeRaw(root, first, target);
  else throw new Error(`a report of this type is a single file, not ${files.length}`);
  return files.length;
}

/** Files that git does not track, ignored ones included. */
async function untrackedFiles(project: string): Promise<string[]> {
  const args = ['-C', project, '-c', 'core.fsmonitor=false', 'ls-files', '--others', '-z'];
  const { stdout } = await promisify(execFile)('git', args, { maxBuffer: 256 * 1024 * 1024 });
  return stdout.split('\0').filter((path) => path !== '');
}

function remark(kind: 'info' | 'warning', text: string): void {
  answer({ kind, text });
}

function answer(line: FileAnswer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
