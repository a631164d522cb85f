import { execFile } from 'node:child_process';
import { chown, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Job } from './job-payload.ts';
import { quote, strictScript } from './script.ts';
import type { JobUser } from './settings.ts';

/** Where a job works. All of it belongs to the job's user. */
export interface BuildFolder {
  /** One project's place for one job at a time. */
  slot: string;
  /** The work tree, `CI_PROJECT_DIR`. */
  project: string;
  /** Made anew for every job, and gone after it. */
  temp: string;
  /** What the job's step `release` is about. */
  release: string;
  home: string;
  /** `GITLAB_ENV`. */
  envFile: string;
  /** What git needs to know to reach the server, readable by the job's user alone. */
  gitConfig: string;
  gitCredentials: string;
}

/** @param slot number that no other running job of the project has. */
export function buildFolder(builds: string, job: Job, slot: number): BuildFolder {
  const folder = join(builds, `${job.job_info.project_id}-${slot}`);
  const path = URL.parse(job.git_info.repo_url)?.pathname ?? '';
  const last = /([^/]+?)(?:\.git)?\/*$/.exec(path)?.[1] ?? '';
  const name = last.replace(/[^\w.-]/g, '_').replace(/^[.-]/, '_') || `project-${job.job_info.project_id}`;
  const temp = join(folder, `${name}.tmp`);
  // A variable's file is named after the variable, which cannot begin with a dot.
  return {
    slot: folder,
    project: join(folder, name),
    temp,
    home: join(temp, '.home'),
    envFile: join(temp, '.variables'),
    release: join(temp, '.release'),
    gitConfig: join(temp, '.git-config'),
    gitCredentials: join(temp, '.git-credentials'),
  };
}

/**
 * Makes the slot's folder and gives it to the job's user. This is all that the runner does there with its own
 * rights: below, every file is written by a process of that user, so no link that a job leaves behind can lead
 * the runner astray.
 */
export async function makeSlot(folder: BuildFolder, user: JobUser | undefined): Promise<void> {
  const uid = user?.uid ?? process.getuid?.() ?? 0;
  const found = await lstat(folder.slot).catch(() => undefined);
  if (found && !(found.isDirectory() && found.uid === uid)) {
    await promisify(execFile)('rm', ['-rf', '--', folder.slot]);
  }
  await mkdir(folder.slot, { recursive: true, mode: 0o700 });
  if (user) await chown(folder.slot, user.uid, user.gid);
}

/** The script that makes the temporary folder with the job's files in it. */
export function prepareScript(folder: BuildFolder, files: Map<string, string>, git: GitAccess): string {
  return strictScript([
    'umask 077',
    ...removeLines(folder.temp),
    `mkdir -- ${quote(folder.temp)} ${quote(folder.home)}`,
    `mkdir -p -m 755 -- ${quote(folder.project)}`,
    `: > ${quote(folder.envFile)}`,
    ...[...files].map(([name, content]) => writeLine(join(folder.temp, name), content)),
    writeLine(folder.gitConfig, git.config),
    writeLine(folder.gitCredentials, git.credentials),
    writeLine(join(folder.home, '.gitconfig'), `[include]\n\tpath = ${gitQuote(folder.gitConfig)}\n`),
  ]);
}

/** The script that removes what a job must not leave behind. */
export function cleanUpScript(folder: BuildFolder): string {
  return strictScript(removeLines(folder.temp));
}

/** Contents of the two files that git reads; see git-access.ts. */
export interface GitAccess {
  config: string;
  credentials: string;
}

/** Lines that remove a folder, even one in which a job left folders it may not write to. */
export function removeLines(path: string): string[] {
  const name = quote(path);
  return [`rm -rf -- ${name} 2>/dev/null || { chmod -R u+rwX -- ${name} && rm -rf -- ${name}; }`];
}

/** A value for git's configuration files. */
export function gitQuote(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function writeLine(path: string, content: string): string {
  return `printf %s ${quote(content)} > ${quote(path)}`;
}
