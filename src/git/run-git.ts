import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GitError } from './git-error.ts';

/** Where a git child works and all it is told of the world. */
export interface GitFolder {
  /** The bare repository. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export type GitChild = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * The settings of every git child. They are given by environment and not written into the repositories,
 * so that a newer server needs to change nothing on disk.
 */
const SETTINGS: Record<string, string> = {
  // The data folder may belong to another uid than the server's; nothing in a repository is executed.
  'safe.directory': '*',
  'core.hooksPath': '/dev/null',
  // An accepted push survives power loss: objects, their index and the ref are on the disk before git
  // says ok. The default leaves out refs and loose objects.
  'core.fsync': 'all',
  'core.fsyncMethod': 'fsync',
  // A push is one pack, so one sync, however many objects it has; `housekeep` joins the packs.
  'transfer.unpackLimit': '1',
  'fastimport.unpackLimit': '1',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'receive.autogc': 'false',
  // Broken or malicious objects stay outside, but for the harmless slips of old tools.
  'receive.fsckObjects': 'true',
  'receive.fsck.badTimezone': 'ignore',
  'receive.fsck.missingSpaceBeforeDate': 'ignore',
  'receive.fsck.zeroPaddedFilemode': 'ignore',
  'receive.advertisePushOptions': 'true',
  // Pipelines' refs are fetched by runners and pushed by nobody.
  'receive.hideRefs': 'refs/pipelines',
  // A branch's log tells, after a crash, whether a push took effect.
  'core.logAllRefUpdates': 'true',
  'uploadpack.allowFilter': 'true',
  'uploadpack.allowAnySHA1InWant': 'true',
  // Two pushes to one branch wait for one another instead of failing on the lock.
  'core.filesRefLockTimeout': '5000',
  'core.packedRefsTimeout': '5000',
};

/** The whole environment of a git child: nothing of the server's own but where programs are found. */
export function gitEnvironment(searchPath: string): Record<string, string> {
  const environment: Record<string, string> = {
    PATH: searchPath,
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    // Of new repositories, whatever this git prefers: ids have 40 digits here, and see createPipelineRef.
    GIT_DEFAULT_HASH: 'sha1',
    GIT_DEFAULT_REF_FORMAT: 'files',
    // Whom the branch logs name. Commits carry people, given explicitly.
    GIT_COMMITTER_NAME: 'Jobyard',
    GIT_COMMITTER_EMAIL: 'jobyard@localhost',
    GIT_CONFIG_COUNT: String(Object.keys(SETTINGS).length),
  };
  Object.entries(SETTINGS).forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return environment;
}

/**
 * Starts git in a repository. `detached`: in a process group of its own.
 * @throws GitError `failed` when no descriptor is left for its pipes
 */
export function spawnGit(
  where: GitFolder,
  args: readonly string[],
  options: { detached?: boolean; environment?: Record<string, string> } = {},
): GitChild {
  const child = spawn('git', args, {
    cwd: where.folder,
    env: { ...where.environment, ...options.environment, GIT_DIR: where.folder },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: options.detached ?? false,
  });
  // Whoever waits for its end hears of it; but with nobody there yet it would end the server.
  child.on('error', () => {});
  if (!hasPipes(child)) throw new GitError('failed', 'git cannot be started: too many files are open');
  return child;
}

/** Against its type, Node leaves out the pipes when it has no descriptors for them. */
const hasPipes = ({ stdin }: Partial<GitChild>) => stdin !== undefined;

export interface GitResult {
  /** 0 is success; -1 when a signal ended git. */
  code: number;
  stdout: Buffer;
  stderr: string;
}

export interface RunOptions {
  input?: string | Iterable<Buffer>;
  /** Bytes of output above which git is stopped and `too_large` thrown. */
  limit?: number;
}

const OUTPUT_LIMIT = 64 * 1024 * 1024;

/**
 * Runs git to its end and answers whatever it ended with. For output that need not be held whole, see
 * `eachRecord`.
 * @throws GitError `too_large`, or `failed` when git cannot be started
 */
export async function tryGit(where: GitFolder, args: readonly string[], options: RunOptions = {}) {
  const child = spawnGit(where, args);
  const limit = options.limit ?? OUTPUT_LIMIT;
  const stdout: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) child.kill('SIGKILL');
    else stdout.push(chunk);
  });
  const stderr = lastWords(child);
  feed(child, options.input);
  const code = await exitCode(child);
  if (size > limit) throw new GitError('too_large', `git ${args[0]} answered more than ${limit} bytes`);
  return { code, stdout: Buffer.concat(stdout), stderr: stderr() } satisfies GitResult;
}

/**
 * The output of a git that succeeds.
 * @throws GitError `failed` with git's last words, or `too_large`
 */
export async function runGit(where: GitFolder, args: readonly string[], options: RunOptions = {}) {
  const result = await tryGit(where, args, options);
  if (result.code !== 0) throw failure(args, result.code, result.stderr);
  return result.stdout;
}

/**
 * Calls `record` with each NUL-ended piece of git's output while it arrives, so that a long list neither
 * fills the memory nor holds the event loop. Ends git early when `record` answers false.
 */
export async function eachRecord(
  where: GitFolder,
  args: readonly string[],
  record: (text: string) => boolean | void,
  options: Pick<RunOptions, 'input'> = {},
): Promise<void> {
  const child = spawnGit(where, args);
  const stderr = lastWords(child);
  const exited = exitCode(child);
  exited.catch(() => {});
  feed(child, options.input);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    let from = 0;
    const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
      if (record(bytes.toString('utf8', from, end)) === false) {
        child.kill('SIGKILL');
        await exited;
        return;
      }
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
  const code = await exited;
  if (code !== 0) throw failure(args, code, stderr());
}

/** Collects the end of what git says on stderr; the call returns it. */
export function lastWords(child: GitChild): () => string {
  let text = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (more: string) => {
    text = (text + more).slice(-4096);
  });
  return () => text.trim();
}

/**
 * Resolves when git has ended and its pipes are closed; -1 for a signal.
 * @throws GitError `failed` when there is no git to start
 */
export async function exitCode(child: GitChild): Promise<number> {
  try {
    const [code] = await once(child, 'close');
    return typeof code === 'number' ? code : -1;
  } catch (error) {
    throw new GitError('failed', `git cannot be started: ${error instanceof Error ? error.message : error}`);
  }
}

function failure(args: readonly string[], code: number, stderr: string) {
  return new GitError('failed', `git ${args[0]} ended with ${code}: ${stderr || 'no message'}`);
}

/** Gives git its input. That git may end without reading it all is its exit code's business. */
function feed(child: GitChild, input: RunOptions['input']) {
  if (typeof input === 'object') pipeline(Readable.from(input), child.stdin).catch(() => {});
  else child.stdin.on('error', () => {}).end(input);
}
