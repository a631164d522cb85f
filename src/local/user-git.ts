import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { StartError } from '../errors.ts';

/** Git as the user of this machine has it: with their settings, and the folder they are in. */
export interface UserGit {
  folder: string;
  environment: Record<string, string>;
  /** Aborted: it is ended, with the filters it has started. */
  signal?: AbortSignal;
}

/** What a git hook, or whoever else calls us from within git, would have us take for our own. */
const OF_ANOTHER_GIT = /^GIT_(?!CONFIG_|SSL_|SSH|HTTP_)/;

/** The user's git without what points at a certain repository. */
export function userGit(folder: string, environment: Record<string, string>): UserGit {
  const own = Object.entries(environment).filter(([key]) => !OF_ANOTHER_GIT.test(key));
  return { folder, environment: { ...Object.fromEntries(own), ...QUIET } };
}

/** Nothing is written to the user's repository by the way, and nobody asked for a password. */
const QUIET = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** What runs no program of the repository's settings, and writes no other file than the index it is given. */
const HARMLESS = ['hooksPath=/dev/null', 'fsmonitor=false', 'splitIndex=false', 'untrackedCache=false'];
// What is written lives as long as a run.
const QUICK = ['core.looseCompression=0', 'gc.auto=0', 'advice.addEmbeddedRepo=false'];
const SETTINGS = [...HARMLESS.map((each) => `core.${each}`), ...QUICK];

/**
 * What git prints, without a line's end at the end.
 * @throws StartError with git's last words
 */
export async function askGit(
  git: UserGit,
  args: readonly string[],
  input: string | Buffer = '',
): Promise<string> {
  const { code, stdout, stderr } = await run(git, args, input);
  if (code === 0) return stdout;
  throw new StartError(`git ${verbOf(args)} in ${git.folder} ended with ${code}: ${stderr || 'no message'}`);
}

const verbOf = (args: readonly string[]) => args.find((each, at) => each !== '-c' && args[at - 1] !== '-c');

/** The same; null where git says no. */
export async function tryGit(git: UserGit, args: readonly string[]): Promise<string | null> {
  const { code, stdout } = await run(git, args, '');
  return code === 0 ? stdout : null;
}

/**
 * The work tree that the folder is in; null when it is in no repository.
 * @throws StartError with git's words for a repository that it does not take: somebody else's, a bare or a broken one
 */
export async function workTreeAround(git: UserGit): Promise<string | null> {
  const { code, stdout, stderr } = await run(git, ['rev-parse', '--show-toplevel'], '');
  if (code === 0) return stdout;
  if (/^fatal: not a git repository \(or any/m.test(stderr)) return null;
  throw new StartError(`${git.folder} is no work tree for git: ${stderr || 'no message'}`);
}

async function run(
  { folder, environment, signal }: UserGit,
  args: readonly string[],
  input: string | Buffer,
) {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  if (signal?.aborted) throw new StartError('canceled');
  // In a group of its own: Ctrl-C in the terminal is ours to hear.
  const child = spawn('git', [...settings, ...args], {
    cwd: folder,
    env: environment,
    detached: true,
  });
  const { pid } = child;
  const end = () => void (pid !== undefined && process.kill(-pid, 'SIGTERM'));
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(error)));
    child.once('close', (code) => resolve(code ?? -1));
    // Until it is waited for, nobody else has its number.
    child.once('exit', () => signal?.removeEventListener('abort', end));
  });
  signal?.addEventListener('abort', end);
  child.stdin.on('error', () => {}).end(input);
  const [code, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), buffer(child.stderr)]);
  return { code, stdout: stdout.toString('utf8').replace(/\n$/, ''), stderr: stderr.toString('utf8').trim() };
}

const notStarted = ({ code, message }: NodeJS.ErrnoException) =>
  new StartError(
    code === 'ENOENT'
      ? 'git cannot be found, and tells what the work tree is: install it, or put its folder into PATH.'
      : `git cannot be started: ${message}`,
  );
