import { Patience } from './path-regexp.ts';
/**
 * What rules and caches ask of repositories:
 * - `changed_paths`: what the pipeline's push has changed, or all since the history parted from `compare_to`.
 * - `files`: the files at the pipeline's commit, or of another project; with `recursive` those in folders too.
 * - `last_commit`: the newest commit, up to the pipeline's, that has changed a file.
 */
export type Question =
  | { kind: 'changed_paths'; compare_to: string | null }
  | { kind: 'files'; project: string | null; ref: string | null; recursive: boolean }
  | { kind: 'last_commit'; path: string };

/**
 * Paths, each ended by NUL as git lists them: as one text they pass between threads at once. Null where nobody knows,
 * or there are too many to tell. `unknown`: what the question names is not there, or not for this user to see.
 */
export type Answer = { paths: string | null } | { unknown: 'project' | 'ref' } | { commit: string | null };

/** A rule that cannot be decided; the message is GitLab's. */
export class RuleError extends Error {}

export interface FilePlace {
  /** Full path; null: the pipeline's own project, at its commit. */
  project: string | null;
  /** Null: the default branch. */
  ref: string | null;
}

/** What a clause that asks for paths has found. */
export interface Found {
  holds: boolean;
  /** The first of those that match, at most MOST_FOUND. */
  paths: readonly string[];
  /** Why it holds although nothing matches: nobody knows the paths, or there are too many to compare. */
  assumed: 'unknown' | 'too_many' | null;
}

/** Of the paths that match so many are told. */
export const MOST_FOUND = 10;

/** What the rules of one compilation know of repositories. Asks when a rule needs it, and nothing twice. */
export class RepositoryView {
  readonly patience = new Patience();
  readonly #lookUp: (question: Question) => Promise<Answer>;
  readonly #answers = new Map<string, Promise<Answer>>();
  readonly #paths = new Map<Answer, readonly string[] | null>();
  readonly #found = new Map<string, Promise<Found>>();

  /** Without `lookUp` nobody knows what has changed, and there are no files. */
  constructor(lookUp: ((question: Question) => Promise<Answer>) | undefined) {
    this.#lookUp = lookUp ?? knowNothing;
  }

  /** Null when it is not known. @throws RuleError */
  async changedPaths(compare_to: string | null): Promise<readonly string[] | null> {
    const answer = await this.#ask({ kind: 'changed_paths', compare_to });
    if ('unknown' in answer) throw new RuleError('rules:changes:compare_to is not a valid ref');
    return this.#pathsOf(answer);
  }

  /** Null when there are too many. @throws RuleError */
  async files({ project, ref }: FilePlace, recursive: boolean): Promise<readonly string[] | null> {
    const answer = await this.#ask({ kind: 'files', project, ref, recursive });
    if (!('unknown' in answer)) return this.#pathsOf(answer);
    throw new RuleError(
      answer.unknown === 'project'
        ? `rules:exists:project \`${project}\` not found or access denied`
        : `rules:exists:ref \`${ref}\` is not a valid ref in project \`${project}\``,
    );
  }

  /** The SHA; null when there is no such file. */
  async lastCommit(path: string): Promise<string | null> {
    const answer = await this.#ask({ kind: 'last_commit', path });
    return 'commit' in answer ? answer.commit : null;
  }

  /** What `find` finds, asked once for all rules that say the same. */
  async once(condition: unknown, find: () => Promise<Found>): Promise<Found> {
    const key = JSON.stringify(condition);
    const found = this.#found.get(key) ?? find();
    this.#found.set(key, found);
    return await found;
  }

  async #ask(question: Question): Promise<Answer> {
    const key = JSON.stringify(question);
    const answer = this.#answers.get(key) ?? this.#lookUp(question);
    this.#answers.set(key, answer);
    return await answer;
  }

  #pathsOf(answer: Exclude<Answer, { unknown: unknown }>): readonly string[] | null {
    if ('commit' in answer) return null;
    const known = this.#paths.get(answer);
    if (known !== undefined) return known;
    const paths = answer.paths === null ? null : answer.paths.split('\0').slice(0, -1);
    this.#paths.set(answer, paths);
    return paths;
  }
}

const knowNothing = async ({ kind }: Question): Promise<Answer> =>
  kind === 'last_commit' ? { commit: null } : { paths: kind === 'files' ? '' : null };
