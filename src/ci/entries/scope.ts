import { problem, type Position, type Problem } from '../problem.ts';

/**
 * One place of the configuration while it is validated: knows how to say in GitLab's words what is wrong there.
 * `failed` tells whether anything was wrong at this very place; what lies below is looked at only when not.
 */
export class Scope {
  readonly keys: readonly string[];
  readonly #location: string;
  readonly #word: (message: string) => string;
  readonly #own: Problem[] = [];
  readonly #below: Scope[] = [];
  failed = false;

  /** `location` is how messages begin, when not with the keys; `word` says them in other words. */
  constructor(
    keys: readonly string[] = [],
    location = keys.join(':'),
    word: (message: string) => string = (message) => message,
  ) {
    this.keys = keys;
    this.#location = location;
    this.#word = word;
  }

  /**
   * The place below `key`. An empty job name is told as the kind of thing it is. A few entries tell their own name
   * alone, without what leads to them: their `location`.
   */
  child(
    key: string,
    {
      kind = key,
      location,
      word,
    }: { kind?: string; location?: string; word?: (message: string) => string } = {},
  ): Scope {
    const below = new Scope([...this.keys, key === '' ? kind : key], location, word);
    this.#below.push(below);
    return below;
  }

  /** One of several things at this place, told by its keys. */
  item(): Scope {
    const below = new Scope(this.keys);
    this.#below.push(below);
    return below;
  }

  /** Whether anything is wrong below `key`. */
  isWrong(key: string): boolean {
    return this.#below.some((scope) => scope.keys.at(-1) === key && scope.problems.length > 0);
  }

  get path(): string {
    return this.keys.join(':');
  }

  /** All that is wrong here, then all that is wrong below, place by place. */
  get problems(): Problem[] {
    return [...this.#own, ...this.#below.flatMap((scope) => scope.problems)];
  }

  /** `jobs:build:image name should be a string`. GitLab writes these messages in lower case, names too. */
  error(attribute: string, text: string, position: Position): void {
    const words = attribute.replaceAll('_', ' ');
    this.plainError(`${this.#location} ${words} ${text}`.trim().toLowerCase(), position);
  }

  /** A message that says itself where it belongs. */
  plainError(message: string, position: Position): void {
    this.failed = true;
    this.#own.push(problem('entry', this.#word(message), position, this.path));
  }

  /** Something of GitLab's paid editions, which is not here; the rest of the place is still looked at. */
  paid(key: string, position: Position): void {
    const message = `${this.path} \`${key}\` is not supported: it is of GitLab's paid editions`.trim();
    this.#own.push(problem('unsupported', message, position, this.path));
  }
}
