import { spawnGit, type GitChild, type GitFolder } from './run-git.ts';
import { readExactly, readLine } from './read-bytes.ts';
import { GitError } from './git-error.ts';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

export interface ObjectInfo {
  /** The object's full SHA. */
  id: string;
  type: ObjectType;
  /** Bytes. */
  size: number;
}

export interface GitObject extends ObjectInfo {
  content: Buffer;
}

/** An object above this is not read into memory; a blob is streamed instead. */
export const MEMORY_LIMIT = 8 * 1024 * 1024;

const HEADER = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/;

interface Question {
  command: 'info' | 'contents';
  name: string;
  resolve: (answer: GitObject | undefined) => void;
  reject: (error: unknown) => void;
  /** It was asked of a process that died before its turn, and may be asked once more. */
  repeated: boolean;
}

/**
 * The objects of all repositories, read through one long-lived `git cat-file --batch-command` a
 * repository: a read is a question on its pipe instead of a process. A process ends when it is not asked
 * for `idle_ms`, and the one that rests longest when there would be more than `limit`; whatever it was
 * asked before is still answered.
 */
export class CatFilePool {
  /** The one asked last stands last. */
  readonly #processes = new Map<string, CatFileProcess>();
  readonly #leaving = new Set<CatFileProcess>();
  readonly #limit: number;
  readonly #idle_ms: number;
  #closed = false;

  constructor(options: { limit?: number; idle_ms?: number } = {}) {
    this.#limit = options.limit ?? 16;
    this.#idle_ms = options.idle_ms ?? 30_000;
  }

  /** How many processes there are, those that are about to end included. */
  get size() {
    return this.#processes.size + this.#leaving.size;
  }

  /**
   * What `name` (`<revision>` or `<revision>:<path>`, checked by the caller) stands for; undefined when
   * there is no such object or a short SHA is that of several.
   */
  async info(where: GitFolder, name: string): Promise<ObjectInfo | undefined> {
    const answer = await this.#ask(where, 'info', name);
    return answer && { id: answer.id, type: answer.type, size: answer.size };
  }

  /**
   * The object with its content.
   * @throws GitError `too_large` above `limit` bytes
   */
  async read(where: GitFolder, name: string, limit = MEMORY_LIMIT): Promise<GitObject | undefined> {
    const info = await this.info(where, name);
    if (!info) return undefined;
    if (info.size > limit) throw new GitError('too_large', `${name} has ${info.size} bytes`);
    return this.#ask(where, 'contents', info.id);
  }

  /** Ends the processes of one repository, so that its folder may be deleted. */
  async forget(folder: string): Promise<void> {
    const process = this.#processes.get(folder);
    if (process) await this.#end(process);
  }

  /** Answers what was asked, ends every process, and refuses further questions. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const process of this.#processes.values()) void this.#end(process);
    await Promise.all([...this.#leaving].map((process) => process.ended));
  }

  #ask(where: GitFolder, command: Question['command'], name: string): Promise<GitObject | undefined> {
    // The protocol ends a question with NUL, and no object is called so.
    if (name.includes('\0') || name === '') return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#put(where, { command, name, resolve, reject, repeated: false });
    });
  }

  #put(where: GitFolder, question: Question) {
    if (this.#closed) return question.reject(new GitError('failed', 'the server is stopping'));
    let process = this.#processes.get(where.folder);
    this.#processes.delete(where.folder);
    try {
      process ??= this.#start(where);
    } catch (error) {
      return question.reject(error);
    }
    this.#processes.set(where.folder, process);
    process.ask(question);
    for (const oldest of this.#processes.values()) {
      if (this.#processes.size <= this.#limit) break;
      void this.#end(oldest);
    }
  }

  #start(where: GitFolder): CatFileProcess {
    return new CatFileProcess(where, this.#idle_ms, {
      idle: (self) => void this.#end(self),
      ended: (self, unanswered) => {
        if (this.#processes.get(where.folder) === self) this.#processes.delete(where.folder);
        this.#leaving.delete(self);
        for (const left of unanswered) this.#put(where, { ...left, repeated: true });
      },
    });
  }

  #end(process: CatFileProcess): Promise<void> {
    if (this.#processes.get(process.folder) === process) this.#processes.delete(process.folder);
    this.#leaving.add(process);
    process.end();
    return process.ended;
  }
}

interface Listener {
  idle: (self: CatFileProcess) => void;
  /** With the questions that somebody else must answer. */
  ended: (self: CatFileProcess, unanswered: Question[]) => void;
}

class CatFileProcess {
  readonly folder: string;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  readonly #child: GitChild;
  readonly #listener: Listener;
  readonly #idle_ms: number;
  /** In the order in which git will answer. */
  readonly #questions: Question[] = [];
  #answering = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(where: GitFolder, idle_ms: number, listener: Listener) {
    this.folder = where.folder;
    this.#idle_ms = idle_ms;
    this.#listener = listener;
    this.#child = spawnGit(where, ['cat-file', '--batch-command', '-z']);
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.resume();
    this.ended = new Promise((resolve) => {
      this.#child.on('error', () => {});
      this.#child.on('close', () => {
        clearTimeout(this.#idle);
        this.#hangUp();
        resolve();
      });
    });
  }

  ask(question: Question) {
    clearTimeout(this.#idle);
    this.#questions.push(question);
    this.#child.stdin.write(`${question.command} ${question.name}\0`);
    if (!this.#answering) void this.#answer();
  }

  end() {
    clearTimeout(this.#idle);
    this.#child.stdin.end();
  }

  async #answer() {
    this.#answering = true;
    try {
      for (let question = this.#questions[0]; question; question = this.#questions[0]) {
        const answer = await this.#read(question);
        this.#questions.shift();
        question.resolve(answer);
      }
      this.#idle = setTimeout(() => this.#listener.idle(this), this.#idle_ms).unref();
    } catch {
      // The process died or talks nonsense: its end settles the questions.
      this.#child.kill('SIGKILL');
    } finally {
      this.#answering = false;
    }
  }

  async #read({ command, name }: Question): Promise<GitObject | undefined> {
    const { stdout } = this.#child;
    const header = (await readLine(stdout)).toString();
    const [, id, type, digits] = HEADER.exec(header) ?? [];
    if (id === undefined || type === undefined) {
      // `<name> missing`, where the name may be of several lines.
      for (let line = name.indexOf('\n'); line >= 0; line = name.indexOf('\n', line + 1))
        await readLine(stdout);
      return undefined;
    }
    const size = Number(digits);
    const object = { id, type: type as ObjectType, size };
    if (command === 'info') return { ...object, content: EMPTY };
    const content = size > 0 ? await readExactly(stdout, size) : EMPTY;
    await readExactly(stdout, 1);
    return { ...object, content };
  }

  /** The question at which git died is its victim or its cause; those behind it are asked again. */
  #hangUp() {
    const [head, ...rest] = this.#questions.splice(0);
    const unanswered = head && !head.repeated ? [head, ...rest] : rest;
    if (head?.repeated)
      head.reject(new GitError('failed', `git cat-file ended while it was asked for ${head.name}`));
    this.#listener.ended(this, unanswered);
  }
}

const EMPTY = Buffer.alloc(0);
